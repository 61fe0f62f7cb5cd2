/** What a driver, the system or Postgres says about an error: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const LOST = new Set([
  // postgres.js
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  // The system; a name that no longer resolves is a container that stopped.
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  // Postgres: shut down by its administrator, a neighbour crashed, starting up or going down, its database dropped.
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  // A transaction that lay idle for too long; its connection went with it.
  '25P03',
]);
const CONNECTION_EXCEPTION = /^08[0-9A-Z]{3}$/;

/** A statement or a wait for a lock that took too long, or no connection left. */
const TOO_BUSY = new Set(['57014', '55P03', '53300', 'NO_CONNECTION_FREE']);

/** An error and what it was wrapped around: Drizzle, GraphQL and our own code each put theirs on top. */
function* causesOf(error: unknown): Generator<Error> {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++)
    yield cause;
}

function hasCode(error: unknown, matches: (code: string) => boolean) {
  for (const cause of causesOf(error))
    if ('code' in cause && typeof cause.code === 'string' && matches(cause.code)) return true;
  return false;
}

/**
 * Whether a statement or transaction failed because the database went away or cannot be reached. It may have been committed:
 * who repeats it must be able to tell. Only for errors of the database; other peers' sockets break with the same codes.
 */
export const isConnectionLost = (error: unknown): boolean =>
  hasCode(error, (code) => LOST.has(code) || CONNECTION_EXCEPTION.test(code));

/** Whether the database was too busy for a statement: it was ended or never sent, and its transaction changed nothing. */
export const isTooBusy = (error: unknown): boolean => hasCode(error, (code) => TOO_BUSY.has(code));

/** Whether a transaction that failed before was left open: pg-boss sends BEGIN and COMMIT in one text, and an error skips the latter. */
export const isLeftOpen = (error: unknown): boolean => hasCode(error, (code) => code === '25P02');

/** Whether a statement failed because of this constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  for (const cause of causesOf(error))
    if ('constraint_name' in cause && cause.constraint_name === constraint) return true;
  return false;
}
