import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { env } from './env.ts';

// Connecting waits for the first query, so printing the schema needs no database.
const url = env.DATABASE_URL ?? 'postgres://127.0.0.1:5432/isengard';
const quiet = { onnotice: () => {} };

const pool = postgres(url, { ...quiet, max: 10, connect_timeout: 10 });

export const db = drizzle(pool, { casing: 'snake_case' });

/** For LISTEN and for pg-boss: Drizzle changes how the client that it is given parses dates and JSON, so they have their own. */
export const listener = postgres(url, { ...quiet, max: 1, connect_timeout: 10 });
export const queueClient = postgres(url, { ...quiet, max: 1, connect_timeout: 10 });

export type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];

/** The postgres.js handle of a Drizzle transaction, for statements that Drizzle does not build. */
export const clientOf = (tx: Tx) =>
  (tx as unknown as { session: { client: postgres.TransactionSql } }).session.client;

export const closeDb = () =>
  Promise.all([pool, listener, queueClient].map((client) => client.end({ timeout: 5 })));

/** The only row of a statement that must return one. */
export function one<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('Expected a row, got none.');
  return row;
}

type ViolatedConstraint = { constraint_name?: unknown };

/** Whether a statement failed because of this constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  if (!(error instanceof Error)) return false;
  return (error as ViolatedConstraint).constraint_name === constraint || violates(error.cause, constraint);
}
