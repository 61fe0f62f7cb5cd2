import { sql } from 'drizzle-orm';
import { afterAll, expect, test, vi } from 'vitest';
import { until } from '#tests/until.ts';
import { closeDb, db } from './db.ts';
import { countHearers, hear, ring, ringEach } from './doorbell.ts';

// Its beats come when a test says so.
vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
afterAll(closeDb);

const cutListening = () =>
  db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and query ilike 'listen%'`);

/** Hears until it is left: `heard` is what rang since. */
function hearing(topics?: string[]) {
  const heard: (string | null)[] = [];
  const leave = hear((topic) => heard.push(topic), topics);
  return { heard, leave };
}

test('after several lost connections everybody is rung once for each, and once for each ring', async () => {
  const { heard, leave } = hearing(['one', 'end']);
  for (let cuts = 1; cuts <= 5; cuts++) {
    await until(() => heard.length === cuts, `it listens again after ${cuts - 1} cuts`);
    if (cuts < 5) await cutListening();
  }
  await ring(db, 'one');
  // Rings keep their order, so a second one for the first topic would come before the last one.
  await ring(db, 'end');
  await until(() => heard.includes('end'), 'the last ring is heard');
  expect(heard).toEqual([null, null, null, null, null, 'one', 'end']);
  leave();
});

test('a ring of its own that finds no free connection is no reason to look for changes', async () => {
  const { heard, leave } = hearing(['one']);
  const release = Promise.withResolvers<void>();
  const holders = Array.from({ length: 10 }, () => db.transaction(() => release.promise));
  for (let beats = 1; beats <= 3; beats++) {
    vi.advanceTimersByTime(10_000);
    // It waits behind the ring, and as long.
    await expect(db.execute(sql`select 1`)).rejects.toThrow();
  }
  expect(heard).toEqual([]);
  release.resolve();
  await Promise.all(holders);
  leave();
});

test('each hears its own topics, also among ten thousand', async () => {
  const everything = hearing();
  const own = hearing(['job:7', 'job:9999']);
  await until(async () => {
    await ring(db, 'ready');
    return everything.heard.includes('ready');
  }, 'it listens');
  everything.heard.length = own.heard.length = 0;
  await ringEach(
    db,
    Array.from({ length: 10_000 }, (_, i) => `job:${i}`),
  );
  await until(() => everything.heard.includes('job:9999'), 'the last ring is heard');
  expect(everything.heard.filter((topic) => topic?.startsWith('job:'))).toHaveLength(10_000);
  expect(own.heard).toEqual(['job:7', 'job:9999']);
  everything.leave();
  own.leave();
  expect(countHearers()).toBe(0);
});
