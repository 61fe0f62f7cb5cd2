import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { workers } from '#schema/jobs.ts';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, uploadImages } from '#tests/steps.ts';
import { db } from '../db.ts';

vi.hoisted(() => {
  process.env.ISENGARD_MODE = 'production';
});

const api = await startServer();
const QUEUE = 'training.ai-toolkit';
const GIGABYTE = 2 ** 30;

let characterId: string;
beforeAll(async () => {
  characterId = (await createCharacter(api)).id;
  await uploadImages(api, characterId, (await realPhotos()).slice(0, 2));
});
afterEach(() => db.delete(workers));

const addWorker = (gigabytes: number) =>
  db.insert(workers).values({
    ...{ host: 'here', pid: 1, version: '0', engines: [QUEUE] },
    ...{ gpuUuid: `GPU-${gigabytes}`, gpuName: `Card ${gigabytes}`, gpuMemoryBytes: gigabytes * GIGABYTE },
    engineReports: [{ queue: QUEUE, isHealthy: true, message: 'Ready.' }],
  });

async function findingsOf(input: object = {}): Promise<Data[]> {
  const { trainingPreflight } = await api.graphql(
    `query ($input: StartTrainingInput!) {
      trainingPreflight(input: $input) { vramBytes findings { severity code message } }
    }`,
    { input: { characterId, baseModel: 'flux.1-dev', ...input } },
  );
  expect(trainingPreflight.vramBytes).toBeGreaterThan(GIGABYTE);
  return trainingPreflight.findings;
}
const memoryFindings = async (input?: object) =>
  (await findingsOf(input)).filter(({ code }) => code === 'GPU_MEMORY');

test('a GPU that is far too small keeps a training from being started, one that may be too small warns', async () => {
  await addWorker(8);
  expect(await memoryFindings()).toMatchObject([
    { severity: 'ERROR', message: expect.stringContaining('Card 8 has 8 GB') },
  ]);
  expect(await memoryFindings({ baseModel: 'sd1.5', config: { resolution: 512 } })).toEqual([]);
  await addWorker(20);
  expect(await memoryFindings()).toMatchObject([
    { severity: 'WARNING', message: expect.stringContaining('Card 20') },
  ]);
  // The largest counts: it waits for that one's worker.
  await addWorker(48);
  expect(await memoryFindings()).toEqual([]);
});

test('a worker without a GPU is told of, since it may only be hidden', async () => {
  await db.insert(workers).values({ host: 'here', pid: 1, version: '0', engines: [QUEUE] });
  expect(await findingsOf()).toContainEqual(expect.objectContaining({ severity: 'WARNING', code: 'NO_GPU' }));
});

test('a base model that wants an accepted licence is told of, where there is no token', async () => {
  const gated = async (baseModel: string) =>
    (await findingsOf({ baseModel })).filter(({ code }) => code === 'MODEL_GATED');
  expect(await gated('flux.1-dev')).toMatchObject([
    { severity: 'WARNING', message: expect.stringContaining('Non-Commercial') },
  ]);
  expect(await gated('sdxl')).toEqual([]);
});

test('a training that could only fail is not started', async () => {
  await addWorker(8);
  const { startTraining } = await api.graphql(
    `mutation ($input: StartTrainingInput!) {
      startTraining(input: $input) { __typename ... on PreflightFailed { findings { code } } }
    }`,
    { input: { characterId, baseModel: 'flux.1-dev' } },
  );
  expect(startTraining).toEqual({ __typename: 'PreflightFailed', findings: [{ code: 'GPU_MEMORY' }] });
});
