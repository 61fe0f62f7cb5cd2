/** What an abort says that came because nobody reads any more: to record failed, and the next attempt goes on with what is there. */
export const NOBODY_READS = 'unread';

/** What was told and not read yet, and how it ended. */
function eventQueue<Event>(isReplaced: (old: Event, event: Event) => boolean) {
  let unread: Event[] = [];
  let waiting: PromiseWithResolvers<void> | null = null;
  let end: { error: unknown } | 'over' | null = null;

  function wake() {
    waiting?.resolve();
    waiting = null;
  }
  return {
    tell(event: Event) {
      unread = unread.filter((old) => !isReplaced(old, event));
      unread.push(event);
      wake();
    },
    /** No more comes; what is unread is still read. With an error the reader gets that last. */
    end(how: { error: unknown } | 'over') {
      end ??= how;
      wake();
    },
    async next(): Promise<IteratorResult<Event, void>> {
      for (;;) {
        const value = unread.shift();
        if (value !== undefined) return { done: false, value };
        if (end === 'over') return { done: true, value: undefined };
        if (end !== null) {
          const { error } = end;
          end = 'over';
          throw error;
        }
        waiting ??= Promise.withResolvers<void>();
        await waiting.promise;
      }
    },
    /** Nobody reads any more. */
    drop() {
      unread = [];
      end = 'over';
      wake();
    },
  };
}

/**
 * The events of something that works by itself, for as long as somebody reads them. Nothing begins before the first `next()`. However
 * the reading ends, also by `return()` while a `next()` is waiting (which a generator would not hear), `left` aborts with NOBODY_READS
 * and `work` has ended afterwards. `isReplaced`: what a newer event makes useless before it was read, so that who reads slowly misses that and
 * nothing else, and memory stays bounded.
 */
export function eventsOf<Event>(
  work: (tell: (event: Event) => void, left: AbortSignal) => Promise<void>,
  isReplaced: (old: Event, event: Event) => boolean = () => false,
): AsyncGenerator<Event, void> {
  const queue = eventQueue(isReplaced);
  const left = new AbortController();
  let working: Promise<void> | null = null;

  const start = () =>
    work(queue.tell, left.signal).then(
      () => queue.end('over'),
      (error: unknown) => queue.end({ error }),
    );
  const leave = async () => {
    left.abort(NOBODY_READS);
    await working;
    queue.drop();
  };
  return {
    next() {
      working ??= left.signal.aborted ? Promise.resolve() : start();
      return queue.next();
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: leave,
  };
}
