import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';

const migrationsFolder = join(import.meta.dirname, '../migrations');

/** Any number, the same for all: processes that start together on one database migrate one after the other. */
const LOCK = 7_164_926;

/** Brings the database to the newest migration; does nothing when it is there. */
export async function migrate(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${LOCK})`;
    if ((await appliedUntil(client)) === (await newest())) return;
    // Drizzle takes 0.4 s to load, half of a warm start, and a warm start has nothing to migrate.
    const { drizzle } = await import('drizzle-orm/postgres-js');
    const { migrate: apply } = await import('drizzle-orm/postgres-js/migrator');
    await apply(drizzle(client), { migrationsFolder });
  } finally {
    await client.end();
  }
}

/** When the newest migration was made: what Drizzle itself compares. */
async function newest() {
  const journal = JSON.parse(await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  return journal.entries.at(-1)?.when;
}

async function appliedUntil(client: postgres.Sql) {
  const [made] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as made`;
  if (made?.made !== true) return undefined;
  const [last] = await client`select max(created_at) as until from drizzle.__drizzle_migrations`;
  return Number(last?.until);
}
