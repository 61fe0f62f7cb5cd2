import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createDatabase } from '#tests/database.ts';
import { createCharacter } from '#tests/steps.ts';
import { startStudio } from '#tests/studio.ts';
import { until } from '#tests/until.ts';
import { migrate } from './migrate.ts';

const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
let name: string;
let url: string;
let database: postgres.Sql;

beforeEach(async () => {
  name = `test_migrate_${crypto.randomUUID().slice(0, 8)}`;
  await admin`create database ${admin(name)}`;
  url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href;
  database = postgres(url, { max: 2, onnotice: () => {} });
});

afterEach(async () => {
  await database.end();
  await admin`drop database ${admin(name)} with (force)`;
});

/** A process that migrates the database. */
function migrating(env: Record<string, string> = {}) {
  const code = `const { migrate } = await import(${JSON.stringify(join(import.meta.dirname, 'migrate.ts'))});
    await migrate(process.env.DATABASE_URL);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, DATABASE_URL: url, ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ how: code ?? signal, errors }));
  return { child, ended };
}

const isMade = async () => (await database`select to_regclass('public.jobs') is not null as made`)[0]?.made;
const applied = async () => {
  const rows = await database`select created_at from drizzle.__drizzle_migrations order by id`;
  return rows.map(({ created_at }) => Number(created_at));
};

async function expectMigrated() {
  expect(await isMade()).toBe(true);
  const all = await applied();
  expect(all.length).toBeGreaterThan(1);
  expect(new Set(all).size).toBe(all.length);
}

test('several that migrate an empty database at once apply each migration once', async () => {
  const ends = await Promise.all([migrating(), migrating(), migrating()].map(({ ended }) => ended));
  expect(ends).toEqual(ends.map(() => ({ how: 0, errors: '' })));
  await expectMigrated();
});

test('who is killed when all statements are through leaves nothing, and the next one completes it', async () => {
  const { ended } = migrating({ FAILPOINT: 'migrate.applied:kill' });
  expect(await ended).toEqual({ how: 'SIGKILL', errors: '' });
  expect(await isMade()).toBe(false);
  await migrate(url);
  await expectMigrated();
});

test('who hangs in the middle keeps the others waiting, and when its connection is cut the next one completes it', async () => {
  const { child, ended } = migrating({ FAILPOINT: 'migrate.applied:stop' });
  const hanging = await until(async () => {
    const rows = await database`select pid from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'`;
    return rows[0]?.pid;
  }, 'it hangs');
  const next = migrate(url);
  await until(
    async () => (await database`select 1 from pg_locks where locktype = 'advisory' and not granted`).length,
    'the next one waits',
  );
  await database`select pg_terminate_backend(${hanging})`;
  await next;
  await expectMigrated();
  child.kill('SIGCONT');
  const { how, errors } = await ended;
  expect(how).toBe(1);
  expect(errors).toContain('CONNECTION_CLOSED');
  expect(errors).not.toContain('TypeError');
});

test('whose connection is cut while it has the lock does not go on without it', async () => {
  const { child, ended } = migrating({ FAILPOINT: 'migrate.locked:stop' });
  const holder = await until(async () => {
    const rows = await database`select pid from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and datname = current_database()`;
    const state = readFileSync(`/proc/${child.pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0];
    return state === 'T' && rows[0]?.pid;
  }, 'it has the lock and stops');
  await database`select pg_terminate_backend(${holder})`;
  child.kill('SIGCONT');
  const { how, errors } = await ended;
  expect(how).toBe(1);
  expect(errors).toContain('CONNECTION_CLOSED');
  expect(await isMade()).toBe(false);
});

test('several servers that start at once on a new database make one queue', async () => {
  const shared = await createDatabase();
  const studios = await Promise.all(
    [1, 2, 3].map(() => startStudio({ databaseUrl: shared.url, worker: false })),
  );
  for (const studio of studios) await createCharacter(studio, `Made by ${studio.url}`);
  const { characters } = (await studios[0]?.graphql('{ characters(first: 10) { totalCount } }')) ?? {};
  expect(characters.totalCount).toBe(3);
  await Promise.all(studios.map((studio) => studio.stop()));
  await shared.drop();
});
