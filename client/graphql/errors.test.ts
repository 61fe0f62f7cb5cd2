import { CombinedError } from '@urql/core';
import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { describe } from './errors.ts';

const refusal = (message: string, extensions: Record<string, unknown>) =>
  describe(new CombinedError({ graphQLErrors: [new GraphQLError(message, { extensions })] }));

test('what is forbidden is told by what is missing', () => {
  const missing = { code: 'FORBIDDEN', missingScopes: ['write:jobs'], correlationId: 'c1' };
  expect(refusal('This is not allowed: your role lacks write:jobs.', missing)).toEqual({
    message: 'You are not allowed to start and stop jobs. An owner can give you another role.',
    correlationId: 'c1',
    isForbidden: true,
  });
});

test('what is forbidden for another reason keeps the words of the server', () => {
  const problem = refusal('It is for the owner.', { code: 'FORBIDDEN', missingScopes: [] });
  expect(problem).toMatchObject({ message: 'It is for the owner.', isForbidden: true });
});

test('a limit says how long to wait', () => {
  const problem = refusal('Too many requests.', { code: 'RATE_LIMITED', retryAfterSeconds: 90 });
  expect(problem.message).toMatch(/Try again in 1 min 30 s\.$/);
});

test('a server out of reach is no refusal', () => {
  const problem = describe(new CombinedError({ networkError: new TypeError('fetch failed') }));
  expect(problem.isForbidden).toBe(false);
  expect(problem.message).toContain('cannot be reached');
});
