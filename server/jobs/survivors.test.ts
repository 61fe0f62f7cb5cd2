import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { jobs } from '#schema/jobs.ts';
import { startServer } from '#tests/server.ts';
import { startGeneration } from '#tests/steps.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { identityOf } from '../processes.ts';
import { jobProcessEnv } from './job-process.ts';
import { endSurvivors } from './survivors.ts';

const api = await startServer();
const children: number[] = [];
afterAll(() => {
  for (const pid of children) if (identityOf(pid) !== undefined) process.kill(pid, 'SIGKILL');
});

/** A process that works for an attempt, with a child of its own that hears no SIGTERM. */
async function workFor(jobId: string, attempt: number, volume = env.VOLUME_ROOT) {
  const script = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"]);
    child.stdout.once('data', () => console.log(child.pid));
    setInterval(() => {}, 1000);`;
  const variables = { ...process.env, ...jobProcessEnv({ jobId, attempt }, volume) };
  const parent = spawn(process.execPath, ['-e', script], { env: variables, detached: true });
  const [said] = await once(parent.stdout, 'data');
  const pids = [parent.pid ?? 0, Number(String(said))];
  children.push(...pids);
  return () => pids.map((pid) => identityOf(pid) !== undefined);
}

test.runIf(process.platform === 'linux')(
  'what works for an attempt that is over is ended with its children, and nothing else',
  async () => {
    const { id } = await startGeneration(api, { prompt: 'a photo', width: 256, height: 256, steps: 4 });
    await db.update(jobs).set({ state: 'running', attempt: 2 }).where(eq(jobs.id, id));
    const stale = await workFor(id, 1);
    const rightful = await workFor(id, 2);
    const foreign = await workFor(id, 1, '/another/volume');
    const unknown = await workFor(crypto.randomUUID(), 1);
    await endSurvivors();
    await expect.poll(() => [...stale(), ...unknown()]).toEqual([false, false, false, false]);
    expect([...rightful(), ...foreign()]).toEqual([true, true, true, true]);
  },
);
