import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#tests/until.ts';
import { closeDb, db, type Tx } from './db.ts';
import { isConnectionLost, isTooBusy } from './db-errors.ts';

/** Another client, which does to our connections what administrators and crashes do. */
const other = postgres(process.env.DATABASE_URL ?? '', { max: 3, onnotice: () => {} });

beforeAll(async () => {
  await other`create table notes (pair int, half int)`;
});
afterAll(async () => {
  await closeDb();
  await other.end();
});

const write = (tx: Pick<Tx, 'execute'>, pair: number, half: number) =>
  tx.execute(sql`insert into notes values (${pair}, ${half})`);
const pairs = async () => {
  const rows = await other`select pair, count(*)::int as halves from notes group by pair`;
  return rows.map(({ pair, halves }) => [pair, halves]);
};
const terminate = (pid: number) => other`select pg_terminate_backend(${pid})`;
const pidOf = async (tx: Tx) => {
  const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return row?.pid ?? 0;
};
const errorOf = (promise: PromiseLike<unknown>) =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );

test('a transaction that loses its connection in the middle of a statement fails as a whole', async () => {
  const error = await errorOf(
    db.transaction(async (tx) => {
      const pid = await pidOf(tx);
      await write(tx, 1, 1);
      const statement = errorOf(tx.execute(sql`select pg_sleep(60)`));
      await until(
        async () =>
          (await other`select 1 from pg_stat_activity where pid = ${pid} and query like '%pg_sleep%'`).length,
        'the statement runs',
      );
      await terminate(pid);
      throw await statement;
    }),
  );
  expect(isConnectionLost(error)).toBe(true);
  expect(await pairs()).toEqual([]);
  expect(await db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('nothing of a transaction happens outside of it: not after its connection was lost while it did something else', async () => {
  const goOn = Promise.withResolvers<void>();
  let later: unknown;
  const error = await errorOf(
    db.transaction(async (tx) => {
      await write(tx, 2, 1);
      await terminate(await pidOf(tx));
      await goOn.promise;
      later = await errorOf(write(tx, 2, 2));
    }),
  );
  expect(isConnectionLost(error)).toBe(true);
  // The pool has work for each of its connections, a new one too, when the dead transaction goes on.
  await Promise.all(Array.from({ length: 20 }, () => db.execute(sql`select 1`)));
  goOn.resolve();
  await until(() => later, 'its work went on');
  expect(isConnectionLost(later)).toBe(true);
  expect(await pairs()).toEqual([]);
});

test('connections that are cut again and again under load lose nothing that was acknowledged, and no half', async () => {
  let isOver = false;
  const acknowledged: number[] = [];
  let next = 100;
  const unexpected: unknown[] = [];
  const clients = Array.from({ length: 20 }, async () => {
    while (!isOver) {
      const pair = next++;
      const error = await errorOf(
        db.transaction(async (tx) => {
          await write(tx, pair, 1);
          await write(tx, pair, 2);
        }),
      );
      if (error === undefined) acknowledged.push(pair);
      else if (!isConnectionLost(error)) unexpected.push(error);
    }
  });
  for (let cut = 1; cut <= 30; cut++) {
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 20, `they go on after cut ${cut - 1}`);
    await other`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like '%notes%' and pid <> pg_backend_pid()`;
  }
  isOver = true;
  await Promise.all(clients);
  const found = new Map((await pairs()) as [number, number][]);
  expect(unexpected).toEqual([]);
  expect([...found.values()].filter((halves) => halves !== 2)).toEqual([]);
  expect(acknowledged.filter((pair) => !found.has(pair))).toEqual([]);
});

test('a savepoint goes back alone, and its transaction goes on', async () => {
  await db.transaction(async (tx) => {
    await write(tx, 3, 1);
    const error = await errorOf(
      tx.transaction(async (inner) => {
        await write(inner, 3, 2);
        throw new Error('back');
      }),
    );
    expect(error).toMatchObject({ message: 'back' });
    await write(tx, 3, 3);
  });
  expect(await pairs()).toContainEqual([3, 2]);
});

test('who finds every connection taken is told so, and those who wait in time get theirs', async () => {
  const release = Promise.withResolvers<void>();
  const holders = Array.from({ length: 10 }, () => db.transaction(() => release.promise));
  const refused = await errorOf(db.execute(sql`select 1`));
  expect(isTooBusy(refused)).toBe(true);
  const waiting = errorOf(db.execute(sql`select 1`));
  release.resolve();
  expect(await waiting).toBeUndefined();
  await Promise.all(holders);
});

test('a wait for a lock that is too long is told as such', async () => {
  const error = await errorOf(
    other.begin(async (holder) => {
      await holder`lock table notes`;
      await db.transaction(async (tx) => {
        await tx.execute(sql`set local lock_timeout = '50ms'`);
        await write(tx, 4, 1);
      });
    }),
  );
  expect(isTooBusy(error)).toBe(true);
  expect(isConnectionLost(error)).toBe(false);
});

test('a statement that cannot run does not cost its connection', async () => {
  const pids = new Set<unknown>();
  for (let i = 0; i < 5; i++) {
    expect(await errorOf(db.execute(sql`select 1 / 0`))).toBeInstanceOf(Error);
    pids.add((await db.execute(sql`select pg_backend_pid() as pid`))[0]?.pid);
  }
  expect(pids.size).toBe(1);
});
