import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Data } from './api.ts';
import { realPhotos } from './pictures.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from './steps.ts';
import { startStudio } from './studio.ts';
import { until } from './until.ts';

const TRAINING = `query ($id: ID!) {
  training(id: $id) { state step attempt workerId error { code advice suggestion { resolution rank learningRate } } metrics(points: 5000) { step loss } lora { id version }
    samples(first: 100) { edges { node { step promptIndex } } } checkpoints { step } }
}`;

test('kill -9 of the worker in the middle of a training: another resumes it, the step axis stays whole', async () => {
  await using studio = await startStudio({ worker: false, env: { FAST_TEST_STEP_MS: '10' } });
  const first = await studio.startWorker();
  const trainingOf = async (id: string) => (await studio.graphql(TRAINING, { id })).training;
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 3));
  const config = {
    steps: 300,
    checkpointEvery: 50,
    sampleEvery: 50,
    samplePrompts: ['{trigger}'],
    rank: 4,
    seed: 1,
  };
  const { id } = await startTraining(studio, character.id, config);
  const history = eventsOf(studio, id);

  await until(async () => (await trainingOf(id)).step > 120, 'it is in the middle');
  first.kill('SIGKILL');
  await once(first, 'exit');
  await studio.startWorker();

  const events = await history;
  expect(events.map(({ cursor }) => Number(cursor))).toEqual(events.map((_, i) => i + 1));
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });

  const training = await trainingOf(id);
  expect(training).toMatchObject({ state: 'COMPLETED', step: 300, attempt: 2, lora: { version: 1 } });
  const steps = training.metrics.map(({ step }: Data) => step);
  expect(steps).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  expect(training.samples.edges.map(({ node }: Data) => node.step)).toEqual([50, 100, 150, 200, 250, 300]);

  // It went on from its checkpoint and not from the start: the engine says so, and ends where an undisturbed run ends.
  expect(events.find(({ message }) => message?.startsWith('Going on after step 100'))).toBeTruthy();
  const undisturbed = await startTraining(studio, character.id, config);
  await eventsOf(studio, undisturbed.id);
  expect((await trainingOf(undisturbed.id)).metrics).toEqual(training.metrics);
}, 90_000);

test('a checkpoint whose file is gone costs the steps since the one before, and no other checkpoint', async () => {
  await using studio = await startStudio({ worker: false, env: { FAST_TEST_STEP_MS: '10' } });
  const first = await studio.startWorker();
  const trainingOf = async (id: string) => (await studio.graphql(TRAINING, { id })).training;
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  const config = { steps: 260, checkpointEvery: 50, samplePrompts: [], rank: 4 };
  const { id } = await startTraining(studio, character.id, config);
  await until(async () => (await trainingOf(id)).step > 110, 'it has two checkpoints');
  first.kill('SIGTERM');
  await once(first, 'exit');
  const kept = (await trainingOf(id)).checkpoints
    .map(({ step }: Data) => step)
    .sort((a: number, b: number) => a - b);
  const [older, newest] = kept;
  const folder = join(studio.volume, 'loras', character.id, 'trainings', id, 'checkpoints');
  await rm(join(folder, `${newest}.safetensors`));

  await studio.startWorker();
  const events = await eventsOf(studio, id);
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  expect(events.find(({ message }) => message?.startsWith(`Going on after step ${older},`))).toBeTruthy();
  const training = await trainingOf(id);
  expect(training.metrics.map(({ step }: Data) => step)).toEqual(
    Array.from({ length: 260 }, (_, i) => i + 1),
  );
  expect(training.checkpoints.map(({ step }: Data) => step).sort()).toEqual([200, 250]);
}, 90_000);

test('what goes wrong in the engine ends in a named state, and the worker goes on', async () => {
  const env = { FAST_TEST_STEP_MS: '1', RETRY_SECONDS: '0,0,0' };
  await using studio = await startStudio({ worker: false, env });
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  const failWith = async (fault: string) => {
    const worker = await studio.startWorker({ FAST_TEST_FAULT: fault });
    const { id } = await startTraining(studio, character.id, { steps: 40, samplePrompts: [], rank: 4 });
    const events = await eventsOf(studio, id);
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    return { events, training: (await studio.graphql(TRAINING, { id })).training };
  };
  const memory = await failWith('out-of-memory@20');
  expect(memory.training).toMatchObject({
    state: 'FAILED',
    attempt: 1,
    lora: null,
    error: { code: 'OUT_OF_MEMORY', suggestion: { resolution: 768, rank: null, learningRate: null } },
  });
  expect(memory.training.error.advice.length).toBeGreaterThan(10);
  expect(memory.events.at(-1)).toMatchObject({ state: 'FAILED', error: { code: 'OUT_OF_MEMORY' } });

  // A crash may not come again, so it is tried four times in all, and each failure stands in the log.
  const crash = await failWith('crash@20');
  expect(crash.training).toMatchObject({ state: 'FAILED', attempt: 4, error: { code: 'ENGINE_CRASHED' } });
  expect(crash.events.filter(({ message }: Data) => message?.startsWith('Attempt'))).toHaveLength(3);

  const lost = await failWith('lose-output');
  expect(lost.training).toMatchObject({ state: 'FAILED', lora: null, error: { code: 'OUTPUT_MISSING' } });
}, 60_000);
