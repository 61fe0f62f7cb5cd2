import { type Source, sourceOf, type Take } from './generators.ts';
import { type Feed, joinTail, readPatiently, tailOf } from './tail.ts';

/**
 * The rows after `after`, then each new one as it is committed: no gap, no repeat. A slow follower holds no buffer of its
 * own: what the shared window no longer has, it reads from the table. Ends after the last row, or at once when the
 * consumer returns.
 */
export function follow<Row extends { seq: number }>(feed: Feed<Row>, after: number): Source<Row> {
  let hasLeft = false;
  // One function for as long as it follows: a promise that many races wait for would remember all of them.
  let rung = () => {};
  const wake = () => rung();

  async function eachRow(take: Take<Row>) {
    let cursor = after;
    // The past is read at the pace of who asks; where it ends, the tail begins, unless there is one already.
    let joined = tailOf(feed) && joinTail(feed, cursor, wake);
    try {
      while (!hasLeft) {
        const tail = joined?.tail;
        const from = tail?.from ?? Number.POSITIVE_INFINITY;
        const page =
          tail !== undefined && cursor >= from
            ? tail.rows.slice(tail.rows.findLastIndex(({ seq }) => seq <= cursor) + 1)
            : await readPatiently(feed, cursor, () => hasLeft);
        if (page === null) return;
        for (const row of page) {
          if (hasLeft) return;
          cursor = row.seq;
          const taking = take(row);
          if (taking !== undefined) await taking;
          if (feed.isLast(row)) return;
        }
        if (page.length > 0) continue;
        if (tail === undefined) joined = joinTail(feed, cursor, wake);
        // The rows up to the window were taken out of the table.
        else if (cursor < from) cursor = from;
        else if (tail.isOver || hasLeft) return;
        else
          await new Promise<void>((resolve) => {
            rung = resolve;
          });
      }
    } finally {
      joined?.leave();
    }
  }

  // Who waits in `await` does not hear `return()`: wake it first.
  return sourceOf(eachRow, () => {
    hasLeft = true;
    wake();
  });
}
