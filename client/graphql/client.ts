import { Client, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core';
import { retryExchange } from '@urql/exchange-retry';
import { checkAccess } from '../access/door.ts';
import { patient } from '../access/patient-fetch.ts';
import { createCache } from './cache.ts';
import { openConnection } from './connection.ts';
import { correlationExchange } from './correlation.ts';

/** The client of one person, with its cache and its socket; `close` ends the socket. */
export function createClient(): { client: Client; close: () => void } {
  const connection = openConnection();
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetch: patient((input, init) => fetch(input, init)),
    exchanges: [
      correlationExchange(),
      // What is forbidden may have been allowed a moment ago: then the buttons for it have to go.
      mapExchange({
        onError: (error) => {
          if (error.graphQLErrors.some(({ extensions }) => extensions.code === 'FORBIDDEN'))
            void checkAccess();
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
            unsubscribe: connection.subscribe(
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
  return { client, close: connection.close };
}
