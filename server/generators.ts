/** `generator`, whose `return` and `throw` first call `onLeave`: one that waits in `await` would not hear them. */
export function endingWith<Item>(
  generator: AsyncGenerator<Item, void>,
  onLeave: () => void,
): AsyncGenerator<Item, void> {
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
