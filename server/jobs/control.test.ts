import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { db } from '../db.ts';
import { requeue } from './endings.ts';

const api = await startServer({ worker: true });
const photos = (await realPhotos()).slice(0, 2);
const QUICK = { steps: 2, samplePrompts: [], rank: 4 };
const LONG = { steps: 20_000, samplePrompts: [], rank: 4 };
const PICTURE = { prompt: 'a photo', width: 256, height: 256, steps: 2 };
const TRAININGS = 'training.fast-test';

async function characterWithPhotos(name?: string) {
  const character = await createCharacter(api, name);
  await uploadImages(api, character.id, photos);
  return character;
}
const jobOf = async (id: string) =>
  (
    await api.graphql(
      `query ($id: ID!) { job(id: $id) {
        id state startedAt place { position expectedStartAt earliestStartAt latestStartAt waitsFor { reason message until } }
        attempts { number workerId host outcome error { code } startedAt endedAt }
      } }`,
      { id },
    )
  ).job;
const isIn = (id: string, state: string) => async () => (await jobOf(id)).state === state;

const setQueue = async (mutation: 'pauseQueue' | 'resumeQueue', queue: string) =>
  (
    await api.graphql(
      `mutation ($queue: String!) { ${mutation}(input: { queue: $queue }) {
        __typename ... on UserError { code } ... on ${mutation === 'pauseQueue' ? 'PauseQueueSuccess' : 'ResumeQueueSuccess'} {
          queue { name isPaused pausedAt queued running workers } } } }`,
      { queue },
    )
  )[mutation];
const CANCEL_ALL = `mutation ($input: CancelAllJobsInput!) { cancelAllJobs(input: $input) {
  __typename ... on CancelAllJobsSuccess { jobs { cancelled stopping } } ... on UserError { code } } }`;
const cancelAll = async (input: object = {}) => (await api.graphql(CANCEL_ALL, { input })).cancelAllJobs;

async function cancelOne(id: string) {
  const CANCEL =
    'mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename ... on UserError { code message } } }';
  return (await api.graphql(CANCEL, { id })).cancelJob;
}
async function waitingForLocks() {
  const rows = await db.execute(sql`select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query ilike '%"jobs"%for update%'`);
  return rows.length;
}

test('a paused queue starts nothing, says so, and goes on where it was', async () => {
  const character = await characterWithPhotos();
  const told: Data[] = [];
  const watching = (async () => {
    for await (const { queueUpdates } of api.subscribe('subscription { queueUpdates { name isPaused } }')) {
      told.push(queueUpdates.find(({ name }: Data) => name === TRAININGS).isPaused);
      if (told.length > 1 && told.at(-1) === false) return;
    }
  })();
  await until(() => told.length > 0, 'queues are followed');
  expect(await setQueue('pauseQueue', TRAININGS)).toMatchObject({
    queue: { name: TRAININGS, isPaused: true, running: 0, workers: 1 },
  });
  const training = await startTraining(api, character.id, QUICK);
  const generation = await startGeneration(api, PICTURE);
  await eventsOf(api, generation.id);
  expect(await jobOf(generation.id)).toMatchObject({ state: 'COMPLETED', place: null });
  expect(await jobOf(training.id)).toMatchObject({
    state: 'QUEUED',
    attempts: [],
    place: { position: 1, expectedStartAt: null, waitsFor: { reason: 'PAUSED', until: null } },
  });
  expect(await setQueue('resumeQueue', TRAININGS)).toMatchObject({
    queue: { isPaused: false, pausedAt: null },
  });
  expect((await eventsOf(api, training.id)).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  await watching;
  expect(told).toContain(true);
  expect(await setQueue('pauseQueue', 'training.nothing')).toMatchObject({ __typename: 'NotFound' });
});

test('workers tell how their engines are, and capabilities and the health page say it', async () => {
  const { workers, capabilities } = await api.graphql(`{
    workers { engineReports { queue isHealthy message } }
    capabilities { training { health { isHealthy message } } generation { health { isHealthy } } }
  }`);
  const message = 'Ready; it needs no GPU.';
  expect(workers).toEqual([
    {
      engineReports: [TRAININGS, 'generation.fast-test'].map((queue) => ({
        queue,
        isHealthy: true,
        message,
      })),
    },
  ]);
  expect(capabilities).toEqual({
    training: { health: { isHealthy: true, message } },
    generation: { health: { isHealthy: true } },
  });
  const { engines } = (await (await fetch(`${api.url}/readyz`)).json()) as Data;
  expect(engines).toEqual({ [TRAININGS]: 'ok', 'generation.fast-test': 'ok' });
});

test('a drained worker finishes what it has, takes no more, and takes again when it is resumed', async () => {
  const character = await characterWithPhotos();
  const { workers } = await api.graphql('{ workers { id state } }');
  const [{ id: workerId }] = workers;
  const told = new Set<string>();
  const watching = (async () => {
    for await (const { workerUpdates } of api.subscribe('subscription { workerUpdates { id state } }')) {
      told.add(workerUpdates[0].state);
      if (told.has('DRAINED') && workerUpdates[0].state === 'IDLE') return;
    }
  })();
  const set = async (mutation: string, id: string) =>
    (
      await api.graphql(
        `mutation ($id: ID!) { ${mutation}(input: { workerId: $id }) { __typename
          ... on ${mutation === 'drainWorker' ? 'DrainWorkerSuccess' : 'ResumeWorkerSuccess'} { worker { state } } ... on UserError { code } } }`,
        { id },
      )
    )[mutation];

  const running = await startTraining(api, character.id, { ...QUICK, steps: 200 });
  await until(isIn(running.id, 'RUNNING'), 'it runs');
  expect(await set('drainWorker', workerId)).toMatchObject({ worker: { state: 'DRAINING' } });
  const waiting = await startTraining(api, character.id, QUICK);
  expect((await eventsOf(api, running.id)).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  await until(() => told.has('DRAINED'), 'it is told to be drained');
  expect((await jobOf(waiting.id)).place).toMatchObject({
    expectedStartAt: null,
    waitsFor: { reason: 'NO_WORKER' },
  });
  expect(await set('resumeWorker', workerId)).toMatchObject({ worker: {} });
  expect((await eventsOf(api, waiting.id)).at(-1)).toMatchObject({ state: 'COMPLETED' });
  await watching;
  expect(told).toContain('DRAINING');
  expect(await set('drainWorker', crypto.randomUUID())).toMatchObject({ code: 'NOT_FOUND' });
  expect(await set('drainWorker', 'nobody')).toMatchObject({ code: 'NOT_FOUND' });
});

test('a training of hours keeps no generation waiting', async () => {
  const character = await characterWithPhotos();
  const training = await startTraining(api, character.id, LONG);
  await until(isIn(training.id, 'RUNNING'), 'it runs');
  const generation = await startGeneration(api, PICTURE);
  expect((await eventsOf(api, generation.id)).at(-1)).toMatchObject({ state: 'COMPLETED' });
  const { workers } = await api.graphql('{ workers { state currentJobs { id } } }');
  expect(workers).toEqual([{ state: 'BUSY', currentJobs: [{ id: training.id }] }]);
  await cancelAll();
  await eventsOf(api, training.id);
});

test('characters take turns, however many jobs each has in line', async () => {
  const [anna, ben, cleo] = await Promise.all(['Anna', 'Ben', 'Cleo'].map(characterWithPhotos));
  await setQueue('pauseQueue', TRAININGS);
  const start = async (character: Data) => (await startTraining(api, character.id, QUICK)).id;
  const [a1, a2, a3, a4] = [await start(anna), await start(anna), await start(anna), await start(anna)];
  const [b1, b2] = [await start(ben), await start(ben)];
  const c1 = await start(cleo);
  const line = [a1, b1, c1, a2, b2, a3, a4];
  const { jobs } = await api.graphql(
    '{ jobs(states: [QUEUED], kinds: [TRAINING]) { edges { node { id } } } }',
  );
  expect(jobs.edges.map(({ node }: Data) => node.id)).toEqual(line);

  await setQueue('resumeQueue', TRAININGS);
  await until(isIn(a4, 'COMPLETED'), 'the line is done');
  const started = await Promise.all(line.map(async (id) => (await jobOf(id)).startedAt));
  expect(started).toEqual([...started].sort());
});

test('all of a queue, or all there is, can be cancelled at once', async () => {
  const [anna, ben] = await Promise.all(['Anna', 'Ben'].map(characterWithPhotos));
  const running = await startTraining(api, anna.id, LONG);
  await until(isIn(running.id, 'RUNNING'), 'one runs');
  await setQueue('pauseQueue', 'generation.fast-test');
  const waiting = [];
  for (const { id } of [anna, anna, ben]) waiting.push((await startTraining(api, id, QUICK)).id);
  const generation = await startGeneration(api, PICTURE);

  expect(await cancelAll({ characterId: ben.id })).toMatchObject({ jobs: { cancelled: 1, stopping: 0 } });
  expect(await cancelAll({ queue: TRAININGS, includeRunning: false })).toMatchObject({
    jobs: { cancelled: 2, stopping: 0 },
  });
  expect(await jobOf(generation.id)).toMatchObject({ state: 'QUEUED' });
  expect(await cancelAll()).toMatchObject({ jobs: { cancelled: 1, stopping: 1 } });
  for (const id of [running.id, generation.id, ...waiting]) {
    const events = await eventsOf(api, id);
    expect(events.at(-1)).toMatchObject({ state: 'CANCELLED', error: null });
    expect(events.map(({ cursor }) => Number(cursor))).toEqual(events.map((_, i) => i + 1));
  }
  expect(await cancelAll()).toMatchObject({ jobs: { cancelled: 0, stopping: 0 } });
  expect(await cancelAll({ queue: 'training.nothing' })).toMatchObject({ code: 'NOT_FOUND' });
  await setQueue('resumeQueue', 'generation.fast-test');
});

test('a job that is being handed back is cancelled too, alone or with all others', async () => {
  const character = await characterWithPhotos();
  for (const ask of [cancelOne, () => cancelAll({ characterId: character.id })]) {
    const { id } = await startTraining(api, character.id, LONG);
    await until(isIn(id, 'RUNNING'), 'it runs');
    const isLocked = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    // As a worker that shuts down does it; the request comes in before it has committed.
    const handingBack = db.transaction(async (tx) => {
      const [message] = await tx.execute<{ retryCount: number }>(
        sql`select retry_count as "retryCount" from pgboss.job where id = ${id}`,
      );
      const retryCount = message?.retryCount ?? 0;
      const held = {
        job: { id, failures: 0 },
        number: retryCount + 1,
        verdict: null,
        outcome: 'returned',
      } as const;
      await requeue(tx, { ...held, message: { id, queue: TRAININGS, retryCount } });
      isLocked.resolve();
      await asked.promise;
    });
    await isLocked.promise;
    const answering = ask(id);
    await until(async () => (await waitingForLocks()) > 0, 'the request waits');
    asked.resolve();
    await handingBack;
    expect(await answering).not.toHaveProperty('code');
    expect((await eventsOf(api, id)).at(-1)).toMatchObject({ state: 'CANCELLED' });
  }
});

test('a waiting job says when its turn will come, and each attempt what came of it', async () => {
  const character = await characterWithPhotos();
  const running = await startTraining(api, character.id, LONG);
  await until(isIn(running.id, 'RUNNING'), 'one runs');
  const waiting = await startTraining(api, character.id, QUICK);
  const { place } = await jobOf(waiting.id);
  expect(place).toMatchObject({ position: 1, waitsFor: { reason: 'TURN' } });
  const [earliest, expected, latest] = ['earliestStartAt', 'expectedStartAt', 'latestStartAt'].map((name) =>
    Date.parse(place[name]),
  );
  expect(earliest).toBeGreaterThan(Date.now());
  expect(expected).toBeGreaterThan(earliest ?? Infinity);
  expect(latest).toBeGreaterThan(expected ?? Infinity);
  const LINE =
    'query ($queue: String!, $place: Int) { jobs(states: [QUEUED], queue: $queue, afterPlace: $place) { edges { node { id } } } }';
  const inLine = async (queue: string, place?: number) =>
    (await api.graphql(LINE, { queue, place })).jobs.edges.map(({ node }: Data) => node.id);
  const { id: last } = await startTraining(api, character.id, QUICK);
  expect(await inLine(TRAININGS)).toEqual([waiting.id, last]);
  for (const [afterPlace, ids] of [
    [0, [waiting.id, last]],
    [1, [last]],
    [2, []],
  ] as const)
    expect(await inLine(TRAININGS, afterPlace)).toEqual(ids);
  for (const other of ['generation.fast-test', 'training.other', 'nothing'])
    expect(await inLine(other)).toEqual([]);
  await cancelAll({ characterId: character.id });
  await eventsOf(api, running.id);
  expect((await jobOf(running.id)).attempts).toMatchObject([
    { number: 1, outcome: 'CANCELLED', error: null, host: expect.any(String), endedAt: expect.any(String) },
  ]);
  expect((await jobOf(waiting.id)).attempts).toEqual([]);
});

test('what failed and was not tried again is found, and tried again together', async () => {
  const character = await characterWithPhotos();
  process.env.FAST_TEST_FAULT = 'out-of-memory@1';
  const failed: string[] = [];
  for (let i = 0; i < 3; i++) failed.push((await startTraining(api, character.id, QUICK)).id);
  for (const id of failed) await eventsOf(api, id);
  delete process.env.FAST_TEST_FAULT;
  expect((await jobOf(failed[0] ?? '')).attempts).toMatchObject([
    { outcome: 'FAILED', error: { code: 'OUT_OF_MEMORY' } },
  ]);

  const deadLetters = async () => {
    const { jobs } = await api.graphql(
      'query ($id: ID!) { jobs(states: [FAILED], wasRetried: false, characterId: $id) { edges { node { id } } } }',
      { id: character.id },
    );
    return jobs.edges.map(({ node }: Data) => node.id).sort();
  };
  expect(await deadLetters()).toEqual(failed);
  const RETRY = `mutation ($input: RetryFailedJobsInput!, $key: String) { retryFailedJobs(input: $input, idempotencyKey: $key) {
    __typename ... on UserError { code }
    ... on RetryFailedJobsSuccess { retries { jobs { id retryOf { id } } skipped { job { id } code message } } } } }`;
  const retry = async () =>
    (await api.graphql(RETRY, { input: { characterId: character.id }, key: `again ${character.id}` }))
      .retryFailedJobs;
  const first = await retry();
  expect(first.retries.skipped).toEqual([]);
  expect(first.retries.jobs.map(({ retryOf }: Data) => retryOf.id)).toEqual(failed);
  expect(await retry()).toEqual(first);
  expect(await deadLetters()).toEqual([]);
  for (const { id } of first.retries.jobs)
    expect((await eventsOf(api, id)).at(-1)).toMatchObject({ state: 'COMPLETED' });
});
