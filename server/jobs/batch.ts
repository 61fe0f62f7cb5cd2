/**
 * Gathers items and writes them together at most every `everyMs`, one write at a time and in order: what an engine says a
 * hundred times a second becomes ten transactions. A write that failed is thrown by the next `add` or `flush`.
 */
export function batch<Item>(write: (items: Item[]) => Promise<unknown>, everyMs = 100) {
  let items: Item[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let failure: { error: unknown } | undefined;

  function rethrow() {
    if (failure !== undefined) throw failure.error;
  }

  function start() {
    clearTimeout(timer);
    timer = undefined;
    const gathered = items;
    items = [];
    if (gathered.length === 0) return writing;
    writing = writing
      .then(() => failure ?? write(gathered))
      .catch((error: unknown) => {
        failure ??= { error };
      });
    return writing;
  }

  return {
    add(item: Item) {
      rethrow();
      items.push(item);
      timer ??= setTimeout(start, everyMs);
    },
    /** Resolves when all that was added is written. */
    async flush() {
      await start();
      rethrow();
    },
    /** Drops what is not written yet and waits for the write under way. */
    async drop() {
      clearTimeout(timer);
      items = [];
      await writing;
    },
  };
}
