import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type SubscriptionArgs,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { endingWith } from '../generators.ts';

/**
 * graphql-js executes every event of a subscription with the context of its start, and loaders cache by context: the second
 * event would show the objects of the first. So each event gets a context of its own.
 */
async function subscribe(
  args: SubscriptionArgs,
): Promise<AsyncGenerator<ExecutionResult, void> | ExecutionResult> {
  const events: unknown = await createSourceEventStream(args);
  if (!isAsyncIterable<unknown>(events)) return events as ExecutionResult;
  const iterator = events[Symbol.asyncIterator]();

  async function* results(): AsyncGenerator<ExecutionResult, void> {
    try {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        const contextValue = { ...(args.contextValue as object) };
        const event: ExecutionArgs = { ...args, rootValue: next.value, contextValue };
        yield await execute(event);
      }
    } catch (error) {
      // Told to this subscriber as its last result; thrown, it would close the socket with all others on it.
      yield { errors: [new GraphQLError('The subscription broke off.', { originalError: error as Error })] };
    }
  }

  return endingWith(results(), () => void iterator.return?.());
}

export const freshContextPerEvent = (): Plugin => ({
  onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe),
});
