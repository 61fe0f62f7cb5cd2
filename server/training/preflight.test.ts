import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { jobs, workers } from '#schema/jobs.ts';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, uploadImages } from '#tests/steps.ts';
import { db, one } from '../db.ts';
import { env } from '../env.ts';

const api = await startServer();
const { MIN_FREE_MB } = env;
const QUEUE = 'training.fast-test';

let characterId: string;
beforeAll(async () => {
  characterId = (await createCharacter(api)).id;
  await uploadImages(api, characterId, (await realPhotos()).slice(0, 2));
});
afterEach(async () => {
  env.MIN_FREE_MB = MIN_FREE_MB;
  await db.delete(workers);
});

const PREFLIGHT = `query ($input: StartTrainingInput!) {
  trainingPreflight(input: $input) {
    findings { severity code message advice } diskBytes vramBytes forecastSeconds
  }
}`;
const preflight = async (input: object = {}): Promise<Data> =>
  (await api.graphql(PREFLIGHT, { input: { characterId, ...input } })).trainingPreflight;
const codesOf = ({ findings }: Data) => findings.map(({ severity, code }: Data) => `${severity} ${code}`);

const START = `mutation ($input: StartTrainingInput!) {
  startTraining(input: $input) {
    __typename
    ... on StartTrainingSuccess { training { id } }
    ... on UserError { code message }
    ... on PreflightFailed { findings { severity code } }
  }
}`;
const start = async () =>
  (await api.graphql(START, { input: { characterId, config: { steps: 40 } } })).startTraining;

const addWorker = (isHealthy: boolean, gpu: { gpuName?: string; gpuMemoryBytes?: number } = {}) =>
  db.insert(workers).values({
    ...{ host: 'here', pid: 1, version: '0', engines: [QUEUE], ...gpu },
    engineReports: [{ queue: QUEUE, isHealthy, message: isHealthy ? 'Ready.' : 'It is not installed.' }],
  });

test('few photos and no worker are told and keep nobody from waiting in line', async () => {
  const found = await preflight();
  expect(codesOf(found)).toEqual(['WARNING NO_WORKER', 'WARNING FEW_IMAGES']);
  expect(found).toMatchObject({ vramBytes: null, forecastSeconds: null });
  expect(found.diskBytes).toBeGreaterThan(4 * 154_000 * 16);
  expect((await preflight({ config: { keepCheckpoints: 10 } })).diskBytes).toBeGreaterThan(found.diskBytes);
  expect((await start()).__typename).toBe('StartTrainingSuccess');
});

test('an engine that cannot train with any worker keeps a training from being started', async () => {
  await addWorker(false);
  expect((await preflight()).findings[0]).toEqual({
    severity: 'ERROR',
    code: 'ENGINE_NOT_HEALTHY',
    message: 'The engine cannot train now: It is not installed.',
    advice: null,
  });
  const before = await db.$count(jobs);
  expect(await start()).toMatchObject({
    __typename: 'PreflightFailed',
    code: 'PREFLIGHT_FAILED',
    findings: [{ severity: 'ERROR', code: 'ENGINE_NOT_HEALTHY' }],
  });
  expect(await db.$count(jobs)).toBe(before);

  await addWorker(true);
  expect(codesOf(await preflight())).toEqual(['WARNING FEW_IMAGES']);
  expect((await start()).__typename).toBe('StartTrainingSuccess');
});

test('what would not fit on the volume is not started', async () => {
  await addWorker(true);
  env.MIN_FREE_MB = 1e12;
  expect((await preflight()).findings[0]).toMatchObject({ severity: 'ERROR', code: 'DISK_SPACE' });
  expect((await start()).findings).toEqual([{ severity: 'ERROR', code: 'DISK_SPACE' }]);
});

test('an input that is not right is told as findings, all at once', async () => {
  await addWorker(true);
  const found = await preflight({ config: { steps: 0, batchSize: 9 } });
  expect(codesOf(found)).toEqual(['ERROR INVALID_INPUT', 'ERROR INVALID_INPUT', 'WARNING FEW_IMAGES']);
  expect(found.findings[0].message).toContain('config.steps');
  expect(found.diskBytes).toBeNull();
  expect(codesOf(await preflight({ baseModel: 'none' }))[0]).toBe('ERROR UNSUPPORTED_PARAMETER');
  const empty = (await createCharacter(api)).id;
  expect(codesOf(await preflight({ characterId: empty }))).toEqual(['ERROR TOO_FEW_IMAGES']);
});

test('how long it takes is known from trainings like it', async () => {
  await addWorker(true);
  const { training } = await start();
  const [startedAt, finishedAt] = [new Date(0), new Date(80_000)];
  one(
    await db
      .update(jobs)
      .set({ state: 'completed', startedAt, finishedAt })
      .where(eq(jobs.id, training.id))
      .returning(),
  );
  expect((await preflight({ config: { steps: 100 } })).forecastSeconds).toBe(200);
  expect((await preflight({ config: { steps: 100, resolution: 512 } })).forecastSeconds).toBeNull();
});
