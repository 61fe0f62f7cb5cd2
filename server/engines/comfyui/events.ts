import type { GenerationEvent } from '../engine.ts';
import { NOBODY_READS } from './stopping.ts';

/**
 * What several prompts tell at once, as the events of one run. Who reads slowly misses steps and previews that newer ones replaced,
 * and nothing else, so that memory stays bounded however long it waits.
 */
function eventQueue() {
  let unread: GenerationEvent[] = [];
  let waiting: PromiseWithResolvers<void> | null = null;
  let end: { error: unknown } | 'over' | null = null;

  function wake() {
    waiting?.resolve();
    waiting = null;
  }
  const isReplaced = (old: GenerationEvent, event: GenerationEvent) =>
    (old.type === 'step' || old.type === 'preview') &&
    old.type === event.type &&
    old.index === (event as typeof old).index;

  return {
    tell(event: GenerationEvent) {
      if (event.type === 'step' || event.type === 'preview')
        unread = unread.filter((old) => !isReplaced(old, event));
      unread.push(event);
      wake();
    },
    /** No more comes; what is unread is still read. With an error the reader gets that last. */
    end(error?: unknown) {
      end ??= error === undefined ? 'over' : { error };
      wake();
    },
    async next(): Promise<IteratorResult<GenerationEvent, void>> {
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
 * The events of work that begins with the first `next()`. However they end, by the work, by `signal`, or because nobody reads on, the
 * work has ended before.
 */
export function eventsOf(
  signal: AbortSignal,
  work: (of: { tell(event: GenerationEvent): void; signal: AbortSignal }) => Promise<void>,
): AsyncGenerator<GenerationEvent, void> {
  const queue = eventQueue();
  const left = new AbortController();
  let working: Promise<void> | null = null;

  const start = () => {
    const stop = AbortSignal.any([signal, left.signal]);
    return signal.aborted
      ? Promise.resolve(queue.end())
      : work({ tell: queue.tell, signal: stop }).then(
          () => queue.end(),
          // What breaks while it is being stopped is of no use to anybody.
          (error: unknown) => (stop.aborted ? queue.end() : queue.end(error)),
        );
  };
  const leave = async () => {
    left.abort(NOBODY_READS);
    await working;
    queue.drop();
  };
  return {
    next() {
      working ??= start();
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
