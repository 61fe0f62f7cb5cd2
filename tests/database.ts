import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';

export type TestDatabase = { url: string; drop(): Promise<void> };

/** A migrated, empty database of its own, for one test file. */
export async function createDatabase(): Promise<TestDatabase> {
  const url = new URL(inject('postgresUrl'));
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(url.href, async (sql) => {
    // One copy after the other: a template in use is refused, and many copies at once only slow each other down.
    await sql`select pg_advisory_lock(1)`;
    await sql`create database ${sql(name)} template template_isengard`;
  });
  const admin = url.href;
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      administer(admin, async (sql) => void (await sql`drop database if exists ${sql(name)} with (force)`)),
  };
}

async function administer(url: string, work: (sql: postgres.Sql) => Promise<void>) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
