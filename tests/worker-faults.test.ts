import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Data } from './api.ts';
import { realPhotos } from './pictures.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from './steps.ts';
import { startStudio } from './studio.ts';
import { until } from './until.ts';

const TRAINING = `query ($id: ID!) {
  training(id: $id) { state step attempt workerId error { code advice } metrics(points: 5000) { step loss } lora { id version }
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

test('SIGTERM hands the job back, and the next worker goes on', async () => {
  await using studio = await startStudio({ worker: false, env: { FAST_TEST_STEP_MS: '10' } });
  const first = await studio.startWorker();
  const trainingOf = async (id: string) => (await studio.graphql(TRAINING, { id })).training;
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  const { id } = await startTraining(studio, character.id, { steps: 200, samplePrompts: [], rank: 4 });
  await until(async () => (await trainingOf(id)).step > 50, 'it trains');
  first.kill('SIGTERM');
  await once(first, 'exit');
  expect(await trainingOf(id)).toMatchObject({ state: 'QUEUED', workerId: null });
  const [checkpoint] = (await trainingOf(id)).checkpoints;
  expect(checkpoint.step).toBeGreaterThan(50);
  await studio.startWorker();
  const events = await eventsOf(studio, id);
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  const steps = (await trainingOf(id)).metrics.map(({ step }: Data) => step);
  expect(steps).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
}, 60_000);

test('what goes wrong in the engine ends in a named state, and the worker goes on', async () => {
  await using studio = await startStudio({ worker: false, env: { FAST_TEST_STEP_MS: '1' } });
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
    error: { code: 'OUT_OF_MEMORY' },
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

test('a job that takes its workers with it gets four, and then the line goes on', async () => {
  await using studio = await startStudio({ worker: false, env: { FAST_TEST_STEP_MS: '100' } });
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  const poison = await startTraining(studio, character.id, { steps: 1000, samplePrompts: [], rank: 4 });
  const history = eventsOf(studio, poison.id);
  for (const attempt of [1, 2, 3, 4]) {
    const worker = await studio.startWorker();
    const isTaken = async () =>
      (await studio.graphql(TRAINING, { id: poison.id })).training.attempt === attempt;
    await until(isTaken, `attempt ${attempt} is made`, { seconds: 30 });
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
  const other = await startTraining(studio, character.id, { steps: 1, samplePrompts: [], rank: 4 });
  await studio.startWorker();
  expect((await history).at(-1)).toMatchObject({ state: 'FAILED', error: { code: 'WORKER_LOST' } });
  expect((await eventsOf(studio, other.id)).at(-1)).toMatchObject({ state: 'COMPLETED' });
}, 150_000);
