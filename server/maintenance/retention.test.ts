import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';
import { eventsOf } from '#tests/steps.ts';
import { startStudio } from '#tests/studio.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { madeStudio, runMessage, runTask } from './testing.ts';

const api = await startServer({ worker: true });

const typesOf = (events: Data[]) => [...new Set(events.map(({ __typename }) => __typename))].sort();
const MADE = `query ($id: ID!) { training(id: $id) {
  metrics(points: 100) { step loss } samples(first: 10) { edges { node { step url } } } checkpoints { step } lora { version }
} }`;

test('of old jobs the states and what was made stay; how it went on goes', async () => {
  const old = await madeStudio(api);
  const young = await madeStudio(api);
  const made = await api.graphql(MADE, { id: old.training.id });
  const untouched = await eventsOf(api, young.training.id);
  expect(typesOf(untouched)).toEqual([
    'CheckpointAdded',
    'JobLogged',
    'JobProgressed',
    'JobStageChanged',
    'JobStateChanged',
    'SampleAdded',
  ]);
  const kept = (await eventsOf(api, old.training.id)).filter(({ __typename }) =>
    ['CheckpointAdded', 'JobStateChanged', 'SampleAdded'].includes(__typename),
  );
  for (const [days, { training, generation }] of [
    [91, old],
    [89, young],
  ] as const)
    await db.execute(sql`
      update jobs set finished_at = now() - make_interval(days => ${days})
      where id in (${training.id}, ${generation.id})`);

  await runTask('history');
  expect(await eventsOf(api, old.training.id)).toEqual(kept);
  expect(typesOf(await eventsOf(api, old.generation.id))).toEqual(['JobStateChanged', 'OutputAdded']);
  expect(await eventsOf(api, young.training.id)).toEqual(untouched);
  expect(await api.graphql(MADE, { id: old.training.id })).toEqual(made);
  expect(made.training.metrics).toHaveLength(100);
});

test('old jobs are all done, however many there are and however much they told', async () => {
  await db.execute(sql`
    insert into jobs (kind, title, engine, correlation_id, steps, state, finished_at)
    select 'generation', 'old', 'fast-test', 'test', 1, 'cancelled', now() - interval '1 year' from generate_series(1, 45)`);
  await db.execute(sql`
    insert into job_events (job_id, seq, type, data) select id, 1, 'progress', '{}' from jobs where title = 'old'`);
  await db.execute(sql`
    insert into job_events (job_id, seq, type, data)
    select id, seq, 'progress', '{}' from (select id from jobs where title = 'old' limit 1), generate_series(2, 45000) as seq`);
  await runTask('history');
  const [left] = await db.execute(sql`
    select count(*)::int as jobs, count(pruned_at)::int as pruned,
      (select count(*)::int from job_events where job_id in (select id from jobs where title = 'old')) as events
    from jobs where title = 'old'`);
  expect(left).toEqual({ jobs: 45, pruned: 45, events: 0 });
});

test('keys and checks are forgotten when they are old', async () => {
  await db.execute(sql`
    insert into idempotency_keys (key, operation, fingerprint, answer, created_at)
    select hours::text, 'test', '', '{}', now() - make_interval(hours => hours) from unnest(array[23, 25]) as hours`);
  await db.execute(sql`
    insert into consistency_checks (started_at, finished_at)
    select at, at from unnest(array[now() - interval '31 days', now() - interval '29 days']) as at`);
  await runTask('keys');
  expect((await db.execute(sql`select key from idempotency_keys`)).map(({ key }) => key)).toEqual(['23']);
  const [checks] = await db.execute(sql`select count(*)::int as count from consistency_checks`);
  expect(checks).toEqual({ count: 1 });
});

test('a task that fails does not hold up the line', async () => {
  await db.execute(sql`alter table idempotency_keys rename to hidden`);
  await runTask('keys');
  await db.execute(sql`alter table hidden rename to idempotency_keys`);
  await runTask('keys');
});

test('neither does a message that nobody understands', async () => {
  await runMessage({ task: 'of a later version' });
  await runTask('keys');
});

test('all workers together keep one schedule', async () => {
  await using studio = await startStudio({ databaseUrl: env.DATABASE_URL ?? '', volume: env.VOLUME_ROOT });
  await studio.startWorker();
  const schedule = await db.execute(sql`select name, key, data, timezone from pgboss.schedule order by key`);
  expect([...schedule]).toEqual(
    ['consistency', 'history', 'keys', 'orphans', 'parts', 'trash'].map((task) => ({
      name: 'maintenance',
      key: task,
      data: { task },
      timezone: 'UTC',
    })),
  );
});
