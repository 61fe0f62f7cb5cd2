/** `generator`, whose `return` and `throw` first call `onLeave`: one that waits in `await` would not hear them. */
export function endingWith<Generator extends AsyncGenerator<unknown, void>>(
  generator: Generator,
  onLeave: () => void,
): Generator {
  const end = generator.return.bind(generator);
  const fail = generator.throw.bind(generator);
  generator.return = (value) => {
    onLeave();
    return end(value);
  };
  generator.throw = (error) => {
    onLeave();
    return fail(error);
  };
  return generator;
}

/** Is given one item after the other; the next one comes when the promise, if there is one, has resolved. */
export type Take<Item> = (item: Item) => Promise<void> | undefined;

/**
 * A generator whose consumer may also take the items by a call each. A promise for each item at each of several layers is
 * what limits a process with a thousand subscribers; so it is one wait for all items that are there.
 */
export type Source<Item> = AsyncGenerator<Item, void> & { each: (take: Take<Item>) => Promise<void> };

export const isSource = (events: AsyncIterator<unknown>): events is Source<unknown> => 'each' in events;

/** `each` gives all items, in order, and ends soon after `onLeave` was called. */
export function sourceOf<Item>(each: Source<Item>['each'], onLeave: () => void): Source<Item> {
  async function* items(): AsyncGenerator<Item, void> {
    let given: { item: Item } | undefined;
    let hasEnded = false;
    let wake = () => {};
    let goOn = () => {};
    const ended = each((item) => {
      given = { item };
      wake();
      return new Promise((resolve) => {
        goOn = resolve;
      });
    }).finally(() => {
      hasEnded = true;
      wake();
    });
    // Thrown to who awaits it below, which may be nobody any more.
    ended.catch(() => {});
    try {
      while (given !== undefined || !hasEnded) {
        if (given === undefined)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        else {
          const { item } = given;
          given = undefined;
          yield item;
          goOn();
        }
      }
      await ended;
    } finally {
      // A consumer that returns leaves in the middle of an item.
      goOn();
    }
  }
  return Object.assign(endingWith(items(), onLeave), { each });
}
