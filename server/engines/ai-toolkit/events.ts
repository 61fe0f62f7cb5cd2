/**
 * The events of something that works by itself, for as long as somebody reads them. Nothing begins before the first `next()`.
 * However the reading ends, also by `return()` while a `next()` is waiting, `left` aborts and `work` has ended afterwards.
 */
export function eventsOf<Event>(
  work: (tell: (event: Event) => void, left: AbortSignal) => Promise<void>,
): AsyncGenerator<Event, void> {
  const waiting: Event[] = [];
  const left = new AbortController();
  let wake = () => {};
  let working: Promise<void> | null = null;

  async function* events(): AsyncGenerator<Event, void> {
    let hasEnded = false;
    const tell = (event: Event) => {
      waiting.push(event);
      wake();
    };
    working = work(tell, left.signal).finally(() => {
      hasEnded = true;
      wake();
    });
    // It is looked at below; until then its failure is nobody's oversight.
    working.catch(() => {});
    try {
      while (!left.signal.aborted) {
        const event = waiting.shift();
        if (event !== undefined) yield event;
        else if (hasEnded) return await working;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      left.abort();
      await working.catch(() => {});
    }
  }

  const generator = events();
  // A generator that waits does not hear `return()`: end what it waits for, and it does.
  const ending = async <Result>(end: () => Promise<Result>) => {
    left.abort();
    wake();
    await working?.catch(() => {});
    return end();
  };
  return {
    next: () => generator.next(),
    return: () => ending(() => generator.return()),
    throw: (error) => ending(() => generator.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => ending(async () => void (await generator.return())),
  };
}
