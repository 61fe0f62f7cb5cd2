import { createSourceEventStream, type ExecutionResult, GraphQLError, type SubscriptionArgs } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { endingWith, isSource, type Take } from '../generators.ts';
import { joinGroup } from './shared-results.ts';

/**
 * Who subscribes with this as root value is given the results by a call, and a stream that ends without any: a socket
 * sends them at once, where Yoga and graphql-ws would pass each of them through five promises and make it text again.
 */
export type Writer = { write: Take<ExecutionResult> };

const writerOf = ({ rootValue }: SubscriptionArgs) => (rootValue as Writer | undefined)?.write;

/** As graphql-js does it, but each event is executed with a context of its own, and once for all equal subscriptions. */
async function subscribe(
  args: SubscriptionArgs,
): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult> {
  const events: unknown = await createSourceEventStream(args);
  if (!isAsyncIterable<unknown>(events)) return events as ExecutionResult;
  const iterator = events[Symbol.asyncIterator]();
  const group = joinGroup(args);
  const write = writerOf(args);

  async function writeResults(write: Take<ExecutionResult>) {
    const writeResultOf: Take<unknown> = (event) => {
      const result = group.resultOf(event);
      return result instanceof Promise ? result.then(write) : write(result);
    };
    if (isSource(iterator)) return iterator.each(writeResultOf);
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      await writeResultOf(next.value);
  }

  async function* results(): AsyncGenerator<ExecutionResult, void> {
    try {
      if (write !== undefined) return await writeResults(write);
      for (let next = await iterator.next(); !next.done; next = await iterator.next())
        yield await group.resultOf(next.value);
    } catch (error) {
      // Told to this subscriber as its last result; thrown, it would close the socket with all others on it.
      const last = {
        errors: [new GraphQLError('The subscription broke off.', { originalError: error as Error })],
      };
      if (write === undefined) yield last;
      else await write(last);
    } finally {
      group.leave();
    }
  }

  return endingWith(results(), () => {
    group.leave();
    void iterator.return?.();
  });
}

export const freshContextPerEvent = (): Plugin => ({
  onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe),
});
