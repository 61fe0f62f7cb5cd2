import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { openPool, type Pool } from './db-pool.ts';

const migrationsFolder = join(import.meta.dirname, '../migrations');

/** Any number, the same for all: processes that start together on one database migrate one after the other. */
const LOCK = 7_164_926;

/**
 * Brings the database to the newest migration; does nothing when it is there. All that are missing are one transaction, so
 * whoever is killed on the way leaves the database as it was, and the lock to the next.
 */
export async function migrate(url: string): Promise<void> {
  const client = openPool(url, { max: 1, maxWaitSeconds: 60 });
  try {
    await client.begin((tx) => migrateWithin(tx, client));
  } finally {
    await client.end();
  }
}

async function migrateWithin(tx: postgres.TransactionSql, { options }: Pool) {
  // Of the transaction and not of the session: after a lost connection, another one would go on without it.
  await tx.unsafe(`select pg_advisory_xact_lock(${LOCK})`);
  if (await isMigrated((text) => tx.unsafe(text))) return;
  // It reads the environment, which our importer has not completed when it loads us.
  const { failpoint } = await import('./failpoint.ts');
  failpoint('migrate.locked');
  // Drizzle takes 0.4 s to load, half of a warm start, and a warm start has nothing to migrate.
  const { drizzle } = await import('drizzle-orm/postgres-js');
  const { migrate: apply } = await import('drizzle-orm/postgres-js/migrator');
  // What Drizzle begins is within ours.
  const begin = (work: (tx: postgres.TransactionSql) => Promise<unknown>) => work(tx);
  const client = { options, begin, unsafe: tx.unsafe } as unknown as postgres.Sql;
  await apply(drizzle(client), { migrationsFolder });
  // All statements are through, and nothing is committed.
  failpoint('migrate.applied');
}

/** Whether the newest migration of this version is there. One of a newer version may be, too: they are safe for older code. */
export async function isMigrated(query: (text: string) => PromiseLike<unknown>): Promise<boolean> {
  const [made] = rows(await query(`select to_regclass('drizzle.__drizzle_migrations') is not null as made`));
  if (made?.made !== true) return false;
  const [last] = rows(await query('select max(created_at) as until from drizzle.__drizzle_migrations'));
  return Number(last?.until) >= (await newest());
}

const rows = (result: unknown) => [...(result as Iterable<Record<string, unknown>>)];

/** When the newest migration was made: what Drizzle itself compares. */
async function newest() {
  const journal = JSON.parse(await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  return journal.entries.at(-1)?.when ?? 0;
}
