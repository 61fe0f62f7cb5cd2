import { eq, sql } from 'drizzle-orm';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { jobs } from '#schema/jobs.ts';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { db } from '../db.ts';

const api = await startServer({ worker: true });
const photos = (await realPhotos()).slice(0, 2);

async function characterWithPhotos() {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, photos);
  return character;
}

const jobOf = async (id: string) =>
  (
    await api.graphql('query ($id: ID!) { job(id: $id) { __typename id state place { position } step } }', {
      id,
    })
  ).job;

const CANCEL = `mutation ($id: ID!) {
  cancelJob(input: { jobId: $id }) { __typename ... on UserError { code } ... on NotFound { kind } ... on CancelJobSuccess { job { state } } }
}`;
const cancel = async (id: string) => (await api.graphql(CANCEL, { id })).cancelJob;

/** A training that holds the one slot until it is cancelled. */
async function holdWorker() {
  const character = await characterWithPhotos();
  const { id } = await startTraining(api, character.id, { steps: 20_000, samplePrompts: [] });
  await until(async () => (await jobOf(id)).state === 'RUNNING', 'the worker is held');
  return {
    id,
    character,
    async release() {
      await cancel(id);
      await eventsOf(api, id);
    },
  };
}

test('events: replay, then live; a dropped socket goes on by its cursor, without gap or repeat', async () => {
  const character = await characterWithPhotos();
  const { id } = await startTraining(api, character.id, {
    steps: 300,
    sampleEvery: 50,
    samplePrompts: ['{trigger}'],
  });
  const seen: Data[] = [];
  const EVENTS = `subscription ($jobId: ID!, $after: String) {
    jobEvents(jobId: $jobId, after: $after) { cursor __typename ... on JobStateChanged { state } ... on JobProgressed { metrics { step } } }
  }`;
  // Each socket is cut for real after a few events; the next one asks for what comes after the last that was seen.
  for (let cuts = 0; seen.at(-1)?.state !== 'COMPLETED'; cuts++) {
    const client = createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    let socket: WebSocket | undefined;
    client.on('connected', (connected) => {
      socket = connected as WebSocket;
    });
    const variables = { jobId: id, after: seen.at(-1)?.cursor };
    let received = 0;
    try {
      for await (const { data } of client.iterate({ query: EVENTS, variables })) {
        seen.push((data as Data).jobEvents);
        if (++received === 7 && cuts < 8) socket?.terminate();
      }
    } catch {
      // The cut, as the client sees it.
    }
    await client.dispose();
  }
  expect(seen.map(({ cursor }) => Number(cursor))).toEqual(seen.map((_, i) => i + 1));
  const steps = seen.flatMap(({ metrics = [] }: Data) => metrics.map(({ step }: Data) => step));
  expect(steps).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(await eventsOf(api, id)).toHaveLength(seen.length);
  expect(await eventsOf(api, id, seen.at(-3)?.cursor)).toHaveLength(2);
  expect(await eventsOf(api, id, seen.at(-1)?.cursor)).toEqual([]);
});

test('many followers of one job all see the same', async () => {
  const character = await characterWithPhotos();
  const { id } = await startTraining(api, character.id, { steps: 100, samplePrompts: [] });
  const all = await Promise.all(Array.from({ length: 20 }, () => eventsOf(api, id)));
  for (const events of all) expect(events).toEqual(all[0]);
});

test('an unknown job is null, a foreign cursor is refused', async () => {
  expect(await eventsOf(api, crypto.randomUUID())).toEqual([null]);
  expect(await eventsOf(api, 'not an id')).toEqual([null]);
  const held = await holdWorker();
  await expect(eventsOf(api, held.id, '-1')).rejects.toThrow('BAD_CURSOR');
  await expect(eventsOf(api, held.id, '1 or 1=1')).rejects.toThrow('BAD_CURSOR');
  await expect(eventsOf(api, held.id, '999999')).rejects.toThrow('BAD_CURSOR');
  await held.release();
  expect((await api.graphql('{ job(id: "nothing") { id } }')).job).toBeNull();
});

test('the line: places, moving, cancelling what waits', async () => {
  const held = await holdWorker();
  const waiting: string[] = [];
  for (let i = 0; i < 4; i++)
    waiting.push((await startTraining(api, held.character.id, { steps: 1, samplePrompts: [] })).id);
  const [first = '', second = '', third = '', fourth = ''] = waiting;
  const line = async () => {
    const { jobs } = await api.graphql(
      '{ jobs(states: [QUEUED], kinds: [TRAINING]) { edges { node { id place { position } } } } }',
    );
    expect(jobs.edges.map(({ node }: Data) => node.place.position)).toEqual(
      jobs.edges.map((_: Data, i: number) => i + 1),
    );
    return jobs.edges.map(({ node }: Data) => node.id);
  };
  expect(await line()).toEqual(waiting);

  const MOVE = `mutation ($input: MoveJobInput!) {
    moveJob(input: $input) { __typename ... on MoveJobSuccess { job { place { position } } } ... on InvalidInput { issues { field } } ... on UserError { code } ... on JobNotQueued { job { id } } }
  }`;
  const move = async (jobId: string, beforeJobId?: string) =>
    (await api.graphql(MOVE, { input: { jobId, beforeJobId } })).moveJob;
  expect(await move(fourth, first)).toMatchObject({ job: { place: { position: 1 } } });
  expect(await line()).toEqual([fourth, first, second, third]);
  expect(await move(first)).toMatchObject({ job: { place: { position: 4 } } });
  expect(await move(third, second)).toMatchObject({ job: { place: { position: 2 } } });
  expect(await line()).toEqual([fourth, third, second, first]);
  expect(await move(held.id)).toMatchObject({
    __typename: 'JobNotQueued',
    code: 'JOB_NOT_QUEUED',
    job: { id: held.id },
  });
  expect(await move(first, held.id)).toMatchObject({ issues: [{ field: 'beforeJobId' }] });
  expect(await move(crypto.randomUUID())).toMatchObject({ __typename: 'NotFound' });

  const fifth = (await startTraining(api, held.character.id, { steps: 1, samplePrompts: [] })).id;
  expect(await line()).toEqual([fourth, third, second, first, fifth]);
  expect(await cancel(third)).toMatchObject({ job: { state: 'CANCELLED' } });
  expect(await cancel(third)).toMatchObject({ __typename: 'JobHasEnded', code: 'JOB_HAS_ENDED' });
  expect(await cancel(crypto.randomUUID())).toMatchObject({ __typename: 'NotFound', kind: 'job' });
  expect((await jobOf(third)).place).toBeNull();

  await held.release();
  const startedAt = async (id: string) =>
    (await api.graphql('query ($id: ID!) { job(id: $id) { startedAt } }', { id })).job.startedAt;
  await until(async () => (await jobOf(fifth)).state === 'COMPLETED', 'the line is done');
  const order = await Promise.all([fourth, second, first, fifth].map(startedAt));
  expect(order).toEqual([...order].sort());
  expect(await startedAt(third)).toBeNull();
});

test('lists follow every job, and counts add up', async () => {
  const { jobCounts: before } = await api.graphql(
    '{ jobCounts { queued running completed failed cancelled } }',
  );
  const character = await characterWithPhotos();
  const updates: Data[] = [];
  const watching = (async () => {
    for await (const { jobUpdates } of api.subscribe(
      'subscription { jobUpdates { __typename id state step } }',
    )) {
      updates.push(jobUpdates);
      const isDone = (type: string) =>
        updates.some(({ __typename, state }) => __typename === type && state === 'COMPLETED');
      if (isDone('Training') && isDone('Generation')) return;
    }
  })();
  const training = await startTraining(api, character.id, { steps: 60, samplePrompts: [] });
  const generation = await startGeneration(api, { prompt: 'a photo', width: 256, height: 256, steps: 2 });
  await watching;
  expect(updates.find(({ id, state }) => id === training.id && state === 'COMPLETED')).toBeTruthy();
  expect(updates.find(({ id }) => id === generation.id)).toMatchObject({ __typename: 'Generation' });

  const { jobCounts, jobs } = await api.graphql(
    `query ($id: ID!) {
      jobCounts { queued running completed failed cancelled }
      jobs(characterId: $id, states: [COMPLETED]) { edges { node { id kind } } pageInfo { hasNextPage } }
    }`,
    { id: character.id },
  );
  expect(jobCounts).toEqual({ ...before, completed: before.completed + 2 });
  expect(jobs.edges).toEqual([{ node: { id: training.id, kind: 'TRAINING' } }]);
});

test('a job that ended while the server could not listen is told when it can again', async () => {
  const held = await holdWorker();
  const waiting = await startTraining(api, held.character.id, { steps: 1, samplePrompts: [] });
  const told = new Map<string, string>();
  const watching = (async () => {
    for await (const { jobUpdates } of api.subscribe('subscription { jobUpdates { id state } }')) {
      told.set(jobUpdates.id, jobUpdates.state);
      if (told.get(waiting.id) === 'CANCELLED') return;
    }
  })();
  await until(() => told.has(held.id), 'jobs are followed');
  // As if its ring had come while nobody could hear it, from a transaction that took its time.
  const finishedAt = sql`now() - interval '40 seconds'`;
  await db.update(jobs).set({ state: 'cancelled', finishedAt }).where(eq(jobs.id, waiting.id));
  await db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
                       where datname = current_database() and query ilike 'listen%'`);
  await watching;
  await held.release();
});

test('trying again is a new job that names the old one', async () => {
  const held = await holdWorker();
  const RETRY = `mutation ($id: ID!) {
    retryJob(input: { jobId: $id }) {
      __typename
      ... on RetryJobSuccess { job { id state retryOf { id } ... on Training { config { steps } } ... on Generation { seed } } }
      ... on UserError { code }
    }
  }`;
  const retry = async (id: string) => (await api.graphql(RETRY, { id })).retryJob;
  expect(await retry(held.id)).toMatchObject({ __typename: 'JobHasNotEnded', code: 'JOB_HAS_NOT_ENDED' });
  await held.release();
  const { job } = await retry(held.id);
  expect(job).toMatchObject({ state: 'QUEUED', retryOf: { id: held.id }, config: { steps: 20_000 } });
  await cancel(job.id);
  await eventsOf(api, job.id);

  const generation = await startGeneration(api, {
    prompt: 'a photo',
    width: 256,
    height: 256,
    steps: 2,
    seed: 5,
  });
  await eventsOf(api, generation.id);
  expect((await retry(generation.id)).job).toMatchObject({ seed: 5, retryOf: { id: generation.id } });
  expect(await retry(crypto.randomUUID())).toMatchObject({ __typename: 'NotFound' });
});

test('who works is told, with the job in hand', async () => {
  const held = await holdWorker();
  const { workers } = await api.graphql(
    '{ workers { id host version engines gpuUuid state startedAt lastSeenAt currentJobs { id } } }',
  );
  expect(workers).toMatchObject([
    {
      engines: ['training.fast-test', 'generation.fast-test'],
      gpuUuid: null,
      state: 'BUSY',
      currentJobs: expect.arrayContaining([{ id: held.id }]),
    },
  ]);
  await held.release();
});

test('state subscriptions tell the whole object first and end with the job', async () => {
  const character = await characterWithPhotos();
  const { id } = await startTraining(api, character.id, {
    steps: 100,
    sampleEvery: 50,
    samplePrompts: ['{trigger}'],
  });
  const states: Data[] = [];
  const UPDATES = `subscription ($id: ID!) {
    trainingUpdates(trainingId: $id) { id state step metrics(points: 5000) { step } samples { edges { node { step } } } }
  }`;
  for await (const { trainingUpdates } of api.subscribe(UPDATES, { id })) states.push(trainingUpdates);
  expect(states.at(-1)).toMatchObject({ id, state: 'COMPLETED', step: 100 });
  const steps = states.map(({ step }) => step);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  // Each state is loaded anew, lists included.
  expect(states.at(-1).metrics).toHaveLength(100);
  expect(states.at(-1).samples.edges.map(({ node }: Data) => node.step)).toEqual([50, 100]);
  const unknown: Data[] = [];
  for await (const { trainingUpdates } of api.subscribe(UPDATES, { id: crypto.randomUUID() }))
    unknown.push(trainingUpdates);
  expect(unknown).toEqual([null]);
});
