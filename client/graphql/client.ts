import { Client, fetchExchange, makeOperation, mapExchange, subscriptionExchange } from '@urql/core';
import { retryExchange } from '@urql/exchange-retry';
import { createCache } from './cache.ts';
import { openSocket } from './connection.ts';

export function createClient(): Client {
  const socket = openSocket();
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        // The id is made here, so that even a request that never arrives has one to report.
        onOperation: (operation) => {
          const { fetchOptions } = operation.context;
          const options = typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions;
          const correlationId = crypto.randomUUID();
          return makeOperation(operation.kind, operation, {
            ...operation.context,
            correlationId,
            fetchOptions: { ...options, headers: { ...options?.headers, 'x-correlation-id': correlationId } },
          });
        },
      }),
      createCache(),
      retryExchange({
        maxNumberAttempts: 3,
        initialDelayMs: 400,
        // A mutation that failed on the way may have been done: with a key it is done once, without one only the user repeats it.
        retryIf: (error, { kind, variables }) =>
          error.networkError !== undefined && (kind === 'query' || variables?.idempotencyKey != null),
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { ...request, query: request.query ?? '' },
              {
                ...sink,
                next: (value) => sink.next(value as Parameters<typeof sink.next>[0]),
              },
            ),
          }),
        }),
      }),
    ],
  });
}
