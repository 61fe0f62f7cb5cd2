import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';

const api = await startServer();

async function ask(path: string, init?: RequestInit) {
  const response = await fetch(`${api.url}${path}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

// Without engines jobs wait; everything else can be done, so it is ready.
const NO_WORKER = { 'training.fast-test': 'not healthy', 'generation.fast-test': 'not healthy' };
const OK = { database: 'ok', migrations: 'ok', volume: 'ok' };

test('says that it lives and that it is ready, and leaves nothing behind', async () => {
  const alive = await ask('/healthz');
  expect([alive.status, JSON.parse(alive.text)]).toEqual([200, { status: 'alive' }]);
  const ready = await ask('/readyz?verbose');
  expect([ready.status, JSON.parse(ready.text)]).toEqual([
    200,
    { status: 'ready', checks: OK, engines: NO_WORKER },
  ]);
  expect(ready.headers.get('cache-control')).toBe('no-store');
  expect(await readdir(join(env.VOLUME_ROOT, 'cache/tmp'))).toEqual([]);
});

test('HEAD is answered without a body, and nothing but HEAD and GET', async () => {
  expect(await ask('/readyz', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  const posted = await ask('/healthz', { method: 'POST', body: 'x' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('a volume that cannot be written makes it not ready, without a path', async () => {
  const folder = join(env.VOLUME_ROOT, 'cache/tmp');
  await rename(folder, `${folder}-away`);
  const { status, text } = await ask('/readyz');
  await rename(`${folder}-away`, folder);
  expect([status, JSON.parse(text)]).toEqual([
    503,
    { status: 'not ready', checks: { ...OK, volume: 'failed (ENOENT)' }, engines: NO_WORKER },
  ]);
  expect((await ask('/readyz')).status).toBe(200);
});

test('a database that lacks a migration makes it not ready', async () => {
  const [newest] = await db.execute(sql`delete from drizzle.__drizzle_migrations
    where created_at = (select max(created_at) from drizzle.__drizzle_migrations) returning *`);
  const { status, text } = await ask('/readyz');
  expect([status, JSON.parse(text).checks]).toEqual([
    503,
    { ...OK, migrations: 'behind: `npm start` of this version brings it up to date' },
  ]);
  await db.execute(
    sql`insert into drizzle.__drizzle_migrations values (${newest?.id}, ${newest?.hash}, ${newest?.created_at})`,
  );
  expect((await ask('/healthz')).status).toBe(200);
});
