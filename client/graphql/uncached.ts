import { Client, fetchExchange } from '@urql/core';
import { retryExchange } from '@urql/exchange-retry';
import { patient } from '../access/patient-fetch.ts';
import { correlationExchange } from './correlation.ts';

/**
 * For lists of a hundred thousand images, of which a page holds what is near: the cache would keep all of it for as long as the page
 * is open. Only for queries; what changes something goes through the client with the cache, so that other pages hear of it.
 */
export const uncached = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'network-only',
  fetch: patient((input, init) => fetch(input, init)),
  exchanges: [
    correlationExchange(),
    retryExchange({
      maxNumberAttempts: 3,
      initialDelayMs: 400,
      retryIf: (error) => error.networkError !== undefined,
    }),
    fetchExchange,
  ],
});
