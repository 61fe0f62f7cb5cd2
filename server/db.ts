import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { isConnectionLost, isTooBusy } from './db-errors.ts';
import { openPool } from './db-pool.ts';
import { env } from './env.ts';

// Connecting waits for the first query, so printing the schema needs no database.
const url = env.DATABASE_URL ?? 'postgres://127.0.0.1:5432/isengard';
/**
 * A statement that takes longer than this, or waits so long for a lock, gives its connection back to others. The longest of ours
 * (10,000 jobs cancelled at once) takes seconds. A process that hangs in the middle of a transaction loses it, and with it the
 * locks for which others wait; that is a minute, because a file of gigabytes may be fsynced within one.
 */
const session = {
  statement_timeout: '30s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '60s',
};

/** More than the longest statement, so that whoever says nothing for so long has vanished. */
const maxSilenceSeconds = 40;

const pool = openPool(url, { max: 10, maxWaitSeconds: 2, maxSilenceSeconds, session });

export const db = drizzle(pool as postgres.Sql, { casing: 'snake_case' });

/** For LISTEN and for pg-boss: Drizzle changes how the client that it is given parses dates and JSON, so they have their own. */
export const listener = postgres(url, {
  max: 1,
  connect_timeout: 10,
  // Its own is up to 20 s after a longer outage.
  backoff: () => 0.5,
  onnotice: () => {},
});
export const queueClient = openPool(url, { max: 2, maxWaitSeconds: 10, maxSilenceSeconds });

export type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];

/** The postgres.js handle of a Drizzle transaction, for statements that Drizzle does not build. */
export const clientOf = (tx: Tx) =>
  (tx as unknown as { session: { client: postgres.TransactionSql } }).session.client;

export const closeDb = () =>
  Promise.all([pool, listener, queueClient].map((client) => client.end({ timeout: 5 })));

const WAIT_SECONDS = 30;

/** For a process that starts: its database may be starting beside it, or coming back. */
export async function waitForDatabase(): Promise<void> {
  const deadline = performance.now() + WAIT_SECONDS * 1000;
  for (;;) {
    try {
      await db.execute(sql`select 1`);
      return;
    } catch (error) {
      if (!isConnectionLost(error) && !isTooBusy(error)) throw error;
      if (performance.now() > deadline)
        throw new Error(`The database did not answer for ${WAIT_SECONDS} s.`, { cause: error });
      await delay(200);
    }
  }
}

/** The only row of a statement that must return one. */
export function one<Row>(rows: Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('Expected a row, got none.');
  return row;
}
