import type { CombinedError, Operation } from '@urql/core';

export type Problem = { message: string; correlationId: string | null };

/** What a person needs of an error that no type foresaw: what happened, and the id by which the log knows it. */
export function describe(error: CombinedError, operation?: Operation): Problem {
  const first = error.graphQLErrors[0];
  const answered = first?.extensions?.correlationId;
  const sent = operation?.context.correlationId;
  const correlationId = typeof answered === 'string' ? answered : typeof sent === 'string' ? sent : null;
  if (error.networkError !== undefined) {
    return { message: 'The server cannot be reached. Check that it runs, then try again.', correlationId };
  }
  return { message: first?.message ?? error.message, correlationId };
}
