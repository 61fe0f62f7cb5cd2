import { setTimeout as pause } from 'node:timers/promises';
import { hear } from './doorbell.ts';
import { log } from './log.ts';

/** A topic whose rows are numbered in the order of their commits. Rows may be taken away later, which leaves holes. */
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
export type Tail<Row> = {
  /** The rows after `from`, as many as fit in the window. */
  rows: Row[];
  from: number;
  last: number;
  /** The feed said that nothing comes any more. */
  isOver: boolean;
  /** Each is called when rows came, or the tail is over. */
  followers: Set<() => void>;
  stop: () => void;
};

const tails = new Map<string, Tail<{ seq: number }>>();

/** A database that is away comes back: whoever follows waits for that. Null also when nobody waits any more. */
export async function readPatiently<Row extends { seq: number }>(
  { topic, read }: Feed<Row>,
  after: number,
  hasLeft: () => boolean,
): Promise<Row[] | null> {
  while (!hasLeft())
    try {
      return await read(after, PAGE);
    } catch (error) {
      log.warn({ error, topic }, 'Cannot read new rows, trying again');
      await pause(RETRY_MS);
    }
  return null;
}

function startTail<Row extends { seq: number }>(feed: Feed<Row>, after: number): Tail<Row> {
  let isDirty = true;
  let isReading = false;
  let isStopped = false;

  async function readNew() {
    if (isReading) return;
    isReading = true;
    while (isDirty && !isStopped) {
      isDirty = false;
      const page = await readPatiently(feed, tail.last, () => isStopped);
      if (page === null) tail.isOver = true;
      else append(page);
      // What is committed after this page was read rings.
      isDirty ||= page?.length === PAGE;
      if (page?.length !== 0) for (const wake of tail.followers) wake();
    }
    isReading = false;
  }

  function append(page: Row[]) {
    tail.rows.push(...page);
    tail.last = tail.rows.at(-1)?.seq ?? tail.last;
    for (const row of tail.rows.splice(0, Math.max(0, tail.rows.length - WINDOW))) tail.from = row.seq;
  }

  const unhear = hear(() => {
    isDirty = true;
    void readNew();
  }, [feed.topic]);
  const tail: Tail<Row> = {
    rows: [],
    from: after,
    last: after,
    isOver: false,
    followers: new Set(),
    stop: () => {
      isStopped = true;
      unhear();
    },
  };
  void readNew();
  return tail;
}

/** Topics are named by what their rows are, so a tail that stands under a feed's topic holds that feed's rows. */
export function tailOf<Row extends { seq: number }>(feed: Feed<Row>): Tail<Row> | undefined {
  return tails.get(feed.topic) as Tail<Row> | undefined;
}

/** `wake` is called at news until the returned function is. The first to follow says from where the tail begins. */
export function joinTail<Row extends { seq: number }>(feed: Feed<Row>, after: number, wake: () => void) {
  const tail = tailOf(feed) ?? startTail(feed, after);
  tails.set(feed.topic, tail);
  tail.followers.add(wake);
  return {
    tail,
    leave() {
      tail.followers.delete(wake);
      if (tail.followers.size > 0) return;
      tail.stop();
      tails.delete(feed.topic);
    },
  };
}

export const countTails = () => tails.size;
