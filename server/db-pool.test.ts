import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FaultyProxy, startProxy } from '#tests/faults/tools/proxy.ts';
import { until } from '#tests/until.ts';
import { isConnectionLost } from './db-errors.ts';
import { openPool, type Pool } from './db-pool.ts';

const url = process.env.DATABASE_URL ?? '';
const other = postgres(url, { max: 1, onnotice: () => {} });
let proxy: FaultyProxy;
let pool: Pool;

beforeAll(async () => {
  await other`create table marks (name text)`;
});
beforeEach(async () => {
  proxy = await startProxy(url);
  pool = openPool(proxy.through(url), { max: 1, maxWaitSeconds: 10, maxSilenceSeconds: 0.5 });
  await pool.unsafe('select 1');
});
afterEach(async () => {
  proxy.release();
  await pool.end({ timeout: 1 });
  await proxy[Symbol.asyncDispose]();
  await other`truncate marks`;
});
afterAll(() => other.end());

const errorOf = (promise: PromiseLike<unknown>) =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );
const marks = async () => (await other`select name from marks order by name`).map(({ name }) => name);

/** Its peer has vanished without a word; the next one is answered, by a new connection. */
async function expectLost(error: unknown) {
  expect(error).toBeInstanceOf(Error);
  expect(isConnectionLost(error)).toBe(true);
  proxy.release();
  const before = proxy.connections();
  expect(await errorOf(pool.unsafe(`insert into marks values ('later')`))).toBeUndefined();
  expect(proxy.connections()).toBe(before + 1);
}

test('a statement whose peer vanishes fails, and its connection is not used again', async () => {
  proxy.hold();
  await expectLost(await errorOf(pool.unsafe('select 1')));
  proxy.hold();
  await expectLost(await errorOf(pool.unsafe('select 1').simple()));
});

test('so does a transaction, at its beginning', async () => {
  proxy.hold();
  await expectLost(await errorOf(pool.begin(() => Promise.reject(new Error('It has begun.')))));
  expect(await marks()).toEqual(['later']);
});

test('in its middle', async () => {
  const transaction = pool.begin(async (tx) => {
    await tx.unsafe(`insert into marks values ('one')`);
    proxy.hold();
    await tx.unsafe(`insert into marks values ('two')`);
  });
  await expectLost(await errorOf(transaction));
  expect(await marks()).toEqual(['later']);
});

test('at a savepoint', async () => {
  const transaction = pool.begin(async (tx) => {
    await tx.unsafe(`insert into marks values ('one')`);
    await tx.savepoint(async (inner) => {
      await inner.unsafe(`insert into marks values ('two')`);
      proxy.hold();
    });
    await tx.unsafe(`insert into marks values ('three')`);
  });
  await expectLost(await errorOf(transaction));
  expect(await marks()).toEqual(['later']);
});

test('and at its end, of which nobody can tell whether it came through', async () => {
  const transaction = pool.begin(async (tx) => {
    await tx.unsafe(`insert into marks values ('one')`);
    proxy.hold();
  });
  await expectLost(await errorOf(transaction));
  await until(async () => (await marks()).includes('later'), 'the later one is there');
});

test('a transaction that is busy elsewhere for longer than an answer may take is left alone', async () => {
  await pool.begin(async (tx) => {
    await tx.unsafe(`insert into marks values ('one')`);
    await other`select pg_sleep(1)`;
    await tx.savepoint(async (inner) => {
      await other`select pg_sleep(1)`;
      await inner.unsafe(`insert into marks values ('two')`);
    });
    await other`select pg_sleep(1)`;
  });
  expect(await marks()).toEqual(['one', 'two']);
  expect(proxy.connections()).toBe(1);
});
