import type { CombinedError, Operation } from '@urql/core';
import { user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';
import { formatDuration } from '../ui/format.ts';

export type Problem = { message: string; correlationId: string | null; isForbidden: boolean };

/** What a person needs of an error that no type foresaw: what happened, and the id by which the log knows it. */
export function describe(error: CombinedError, operation?: Operation): Problem {
  const first = error.graphQLErrors[0];
  const answered = first?.extensions?.correlationId;
  const sent = operation?.context.correlationId;
  const correlationId = typeof answered === 'string' ? answered : typeof sent === 'string' ? sent : null;
  const isForbidden = first?.extensions?.code === 'FORBIDDEN';
  if (error.networkError !== undefined) {
    const message = 'The server cannot be reached. Check that it runs, then try again.';
    return { message, correlationId, isForbidden };
  }
  const message = inOurWords(first?.extensions ?? {}) ?? first?.message ?? error.message;
  return { message, correlationId, isForbidden };
}

/** For refusals that a person can do something about; undefined when the server's words are the best. */
function inOurWords({ code, missingScopes, retryAfterSeconds }: Record<string, unknown>): string | undefined {
  if (code === 'FORBIDDEN' && Array.isArray(missingScopes)) return whyForbidden(missingScopes, user()?.role);
  if (code === 'RATE_LIMITED' && typeof retryAfterSeconds === 'number')
    return `That was more at once than the server takes. Try again in ${formatDuration(retryAfterSeconds)}.`;
}
