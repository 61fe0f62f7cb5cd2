import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { realPhotos } from '#tests/pictures.ts';
import { processesOf } from '#tests/processes.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, startTraining, uploadImages } from '#tests/steps.ts';
import { findJob } from '../jobs/jobs.ts';
import type { JobRun } from '../jobs/run.ts';
import { trainingJob } from './training.job.ts';

const toolkit = await vi.hoisted(async () => {
  const { installAiToolkit } = await import('#tests/stand-ins/ai-toolkit/install.ts');
  const installed = await installAiToolkit({ fault: 'deaf', stepMs: 600_000 });
  process.env.ISENGARD_MODE = 'production';
  process.env.AI_TOOLKIT_DIR = installed.dir;
  process.env.STOP_SECONDS = '600';
  return installed;
});
const workDir = await mkdtemp(join(tmpdir(), 'lost-'));
afterAll(async () => {
  await toolkit[Symbol.asyncDispose]();
  await rm(workDir, { recursive: true });
});

const api = await startServer();

test('of an attempt that was lost nothing is saved: its engine is gone at once', async () => {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 2));
  const { id } = await startTraining(api, character.id, { steps: 20_000, samplePrompts: [] });
  const job = await findJob(id);
  if (job === null) throw new Error('There is no job.');

  const stop = new AbortController();
  const record: JobRun['record'] = async ({ logs = [] }) => {
    if (logs.some(({ message }) => message === 'Preparing Model')) stop.abort('lost');
    return job;
  };
  // It heeds no interrupt, and would have ten minutes to heed one.
  await trainingJob({ job, signal: stop.signal, workDir, record });
  expect(stop.signal.reason).toBe('lost');
  expect(processesOf(toolkit.dir)).toEqual([]);
});
