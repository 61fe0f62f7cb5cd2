import type { ServerResponse } from 'node:http';
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { isConnectionLost, isTooBusy } from '../db-errors.ts';

/** What is nobody's mistake and passes: answered with 503, so that whoever asks tries again. */
type Outage = { code: 'UNAVAILABLE' | 'OVERLOADED'; message: string };

const RETRY_AFTER = { 'Retry-After': '1' };

export function outageOf(error: unknown): Outage | undefined {
  // The more exact one first: a connection that was refused because there are too many is both.
  if (isTooBusy(error)) return { code: 'OVERLOADED', message: 'The database is too busy; try again.' };
  if (isConnectionLost(error)) return { code: 'UNAVAILABLE', message: 'The database is away; try again.' };
}

/** The error of a GraphQL operation. Yoga makes the HTTP response of `http`; over a socket there is none, so JSON leaves it out. */
export function outageError({ code, message }: Outage, options: GraphQLErrorOptions = {}): GraphQLError {
  const extensions = { ...options.extensions, code };
  Object.defineProperty(extensions, 'http', { value: { status: 503, headers: RETRY_AFTER } });
  return new GraphQLError(message, { ...options, extensions });
}

export const answerOutage = (res: ServerResponse, { code, message }: Outage) =>
  res
    .writeHead(503, { ...RETRY_AFTER, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify({ error: { code, message } }));
