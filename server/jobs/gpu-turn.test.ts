import { eq, sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { jobs, queues, workers } from '#schema/jobs.ts';
import { startServer } from '#tests/server.ts';
import { startGeneration } from '#tests/steps.ts';
import { db, one } from '../db.ts';
import { env } from '../env.ts';
import { gpuTurn, mayUseGpu } from './gpu-turn.ts';

const api = await startServer();
const [TRAININGS, GENERATIONS] = ['training.fast-test', 'generation.fast-test'] as const;
const GPU = 'GPU-4f3a';

const addWorker = async (engines: string[], gpuUuid: string | null = GPU) =>
  one(await db.insert(workers).values({ host: 'here', pid: 1, version: '0', engines, gpuUuid }).returning());
const trainer = await addWorker([TRAININGS]);
const generator = await addWorker([GENERATIONS]);
const elsewhere = await addWorker([GENERATIONS], 'GPU-9c1b');
const without = await addWorker([GENERATIONS], null);
afterAll(() => db.delete(workers));

async function newJob(workerId: string | null) {
  const { id } = await startGeneration(api, { prompt: 'a photo', width: 256, height: 256, steps: 4 });
  const running = { state: 'running', workerId, attempt: 1 } as const;
  if (workerId !== null) await db.update(jobs).set(running).where(eq(jobs.id, id));
  return id;
}
const end = (id: string) =>
  db.update(jobs).set({ state: 'cancelled', finishedAt: sql`now()` }).where(eq(jobs.id, id));
const isOpen = (worker: typeof trainer, queue: typeof TRAININGS | typeof GENERATIONS) =>
  gpuTurn(worker, [queue]).isOpen();
const mayTake = (worker: typeof trainer, queue: typeof TRAININGS | typeof GENERATIONS) =>
  db.transaction((tx) => mayUseGpu(tx, worker, queue));

test('a GPU has one job at a time, whichever worker runs it; other GPUs and machines without one go on', async () => {
  expect(await isOpen(trainer, TRAININGS)).toBe(true);
  const id = await newJob(generator.id);
  expect([await isOpen(trainer, TRAININGS), await mayTake(trainer, TRAININGS)]).toEqual([false, false]);
  for (const worker of [elsewhere, without])
    expect([await isOpen(worker, GENERATIONS), await mayTake(worker, GENERATIONS)]).toEqual([true, true]);
  await end(id);
  expect([await isOpen(trainer, TRAININGS), await mayTake(trainer, TRAININGS)]).toEqual([true, true]);
});

test('who had the GPU lets a waiting job of another kind go first', async () => {
  const turn = gpuTurn(trainer, [TRAININGS]);
  turn.had();
  expect(await turn.isOpen()).toBe(true);
  const waiting = await newJob(null);
  expect(await turn.isOpen()).toBe(false);
  // The other one had its turn, and is done.
  await db
    .update(jobs)
    .set({ state: 'running', workerId: generator.id, attempt: 1 })
    .where(eq(jobs.id, waiting));
  expect(await turn.isOpen()).toBe(false);
  await end(waiting);
  const next = await newJob(null);
  expect(await turn.isOpen()).toBe(true);
  await end(next);
});

test('nobody waits for what cannot be taken, and a retry whose time has come counts', async () => {
  const turn = gpuTurn(trainer, [TRAININGS]);
  turn.had();
  const id = await newJob(null);
  const pause = (pausedAt: Date | null) =>
    db.update(queues).set({ pausedAt }).where(eq(queues.name, GENERATIONS));
  await pause(new Date());
  expect(await turn.isOpen()).toBe(true);
  await pause(null);
  expect(await turn.isOpen()).toBe(false);
  const retryAt = (seconds: number) =>
    db
      .update(jobs)
      .set({ retryAt: sql`now() + make_interval(secs => ${seconds})` })
      .where(eq(jobs.id, id));
  await retryAt(60);
  expect(await turn.isOpen()).toBe(true);
  await retryAt(-1);
  expect(await turn.isOpen()).toBe(false);
  await db.update(jobs).set({ retryAt: null }).where(eq(jobs.id, id));
  await end(id);
});

test('GPU_EXCLUSIVE=off lets both use it', async () => {
  const id = await newJob(generator.id);
  env.GPU_EXCLUSIVE = 'off';
  expect([await isOpen(trainer, TRAININGS), await mayTake(trainer, TRAININGS)]).toEqual([true, true]);
  env.GPU_EXCLUSIVE = 'on';
  await end(id);
});

test('of two who see it free at once, the second finds it taken', async () => {
  const id = await newJob(null);
  const second = Promise.withResolvers<Promise<boolean>>();
  await db.transaction(async (tx) => {
    expect(await mayUseGpu(tx, generator, GENERATIONS)).toBe(true);
    second.resolve(mayTake(trainer, TRAININGS));
    await tx
      .update(jobs)
      .set({ state: 'running', workerId: generator.id, attempt: 1 })
      .where(eq(jobs.id, id));
  });
  expect(await await second.promise).toBe(false);
  await end(id);
});
