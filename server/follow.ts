import { hear } from './doorbell.ts';
import { endingWith } from './generators.ts';
import { log } from './log.ts';

/** A topic whose rows are numbered without a hole, in the order of their commits. */
export type Feed<Row extends { seq: number }> = {
  topic: string;
  /** At most `limit` rows with `seq > after`, in order. Null: there are none, and none will ever come. */
  read: (after: number, limit: number) => Promise<Row[] | null>;
  /** No row ever follows this one. */
  isLast: (row: Row) => boolean;
};

const PAGE = 200;
/** Rows that a tail remembers for its followers. A follower that is further behind reads the table itself. */
const WINDOW = 500;
const RETRY_MS = 500;

/** Reads the new rows of one topic once, however many follow it. */
type Tail<Row> = {
  /** The rows after `from`, as many as fit in the window. */
  rows: Row[];
  from: number;
  last: number;
  followers: number;
  /** The feed said that nothing comes any more. */
  isOver: boolean;
  /** Resolved and replaced when rows came. */
  changed: PromiseWithResolvers<void>;
  stop: () => void;
};

const tails = new Map<string, Tail<{ seq: number }>>();

function startTail<Row extends { seq: number }>({ topic, read }: Feed<Row>, after: number): Tail<Row> {
  let isDirty = true;
  let isReading = false;
  let isStopped = false;

  async function readNew() {
    if (isReading) return;
    isReading = true;
    while (isDirty && !isStopped) {
      isDirty = false;
      try {
        let page = await read(tail.last, PAGE);
        for (; page !== null && page.length > 0; page = await read(tail.last, PAGE)) append(page);
        if (page === null) {
          tail.isOver = true;
          wake();
        }
      } catch (error) {
        log.warn({ error, topic }, 'Cannot read new rows, trying again');
        isDirty = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    isReading = false;
  }

  function append(page: Row[]) {
    tail.rows.push(...page);
    tail.last = tail.rows.at(-1)?.seq ?? tail.last;
    for (const row of tail.rows.splice(0, Math.max(0, tail.rows.length - WINDOW))) tail.from = row.seq;
    wake();
  }

  function wake() {
    const { resolve } = tail.changed;
    tail.changed = Promise.withResolvers();
    resolve();
  }

  const unhear = hear((rung) => {
    if (rung !== null && rung !== topic) return;
    isDirty = true;
    void readNew();
  });
  const tail: Tail<Row> = {
    rows: [],
    from: after,
    last: after,
    followers: 0,
    isOver: false,
    changed: Promise.withResolvers(),
    stop: () => {
      isStopped = true;
      unhear();
    },
  };
  void readNew();
  return tail;
}

/** Topics are named by what their rows are, so a tail that stands under a feed's topic holds that feed's rows. */
function tailOf<Row extends { seq: number }>(feed: Feed<Row>, after: number): Tail<Row> {
  const tail = (tails.get(feed.topic) as Tail<Row> | undefined) ?? startTail(feed, after);
  tails.set(feed.topic, tail);
  tail.followers++;
  return tail;
}

function leave(topic: string, tail: Tail<{ seq: number }>) {
  if (--tail.followers > 0) return;
  tail.stop();
  tails.delete(topic);
}

/**
 * The rows after `after`, then each new one as it is committed: no gap, no repeat. A slow follower holds no buffer of its
 * own: what the shared window no longer has, it reads from the table. Ends after the last row, or at once when the
 * consumer returns.
 */
export function follow<Row extends { seq: number }>(
  feed: Feed<Row>,
  after: number,
): AsyncGenerator<Row, void> {
  const left = Promise.withResolvers<void>();
  let hasLeft = false;

  async function* rows(): AsyncGenerator<Row, void> {
    let cursor = after;
    const tail = tailOf(feed, cursor);
    try {
      while (!hasLeft) {
        const changed = tail.changed.promise;
        const isBehind = cursor < tail.from;
        const page = isBehind ? await feed.read(cursor, PAGE) : tail.rows.filter(({ seq }) => seq > cursor);
        if (page === null) return;
        for (const row of page) {
          if (hasLeft) return;
          cursor = row.seq;
          yield row;
          if (feed.isLast(row)) return;
        }
        if (page.length > 0) continue;
        if (tail.isOver) return;
        await Promise.race([changed, left.promise]);
      }
    } finally {
      leave(feed.topic, tail);
    }
  }

  // A generator that waits in `await` does not hear `return()`: wake it first.
  return endingWith(rows(), () => {
    hasLeft = true;
    left.resolve();
  });
}

export const countTails = () => tails.size;
