import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { cancel, jobOf, newCharacterWithPhoto, newTraining } from '../tools/work.ts';

const AT_ONCE = '0,0,0';

fault(19, '', async () => {
  await using lab = await startLab({ worker: false });
  const character = await newCharacterWithPhoto(lab);
  const deaf = await lab.startWorker({ FAST_TEST_FAULT: 'deaf', STOP_SECONDS: '2', FAST_TEST_STEP_MS: '20' });
  const { id } = await newTraining(lab, character.id, { steps: 10_000 });
  const client = lab.watch(id);
  await until(async () => (await jobOf(lab, id)).step > 5, 'it trains');
  expect(await cancel(lab, id)).toBe('CancelJobSuccess');
  expect((await client.end()).at(-1)).toMatchObject({ state: 'CANCELLED' });
  // What does not stop goes with its process; who supervises it starts another.
  expect(await exitOf(deaf)).toEqual([1, null]);
  await lab.startWorker();
  const next = lab.watch((await newTraining(lab, character.id, { steps: 50 })).id);
  expect((await next.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  // What it was writing when it ended.
  await checkInvariants(lab, { leftovers: 3, crashes: 1 });
  return 'CANCELLED after its time to stop; its worker ends, the next one goes on';
});

fault(
  20,
  '',
  async () => {
    const env = { STALL_SECONDS: '2', RETRY_SECONDS: AT_ONCE, FAST_TEST_FAULT: 'hang@70' };
    await using lab = await startLab({ env });
    const character = await newCharacterWithPhoto(lab);
    const { id } = await newTraining(lab, character.id);
    const events = await lab.watch(id).end();
    expect(events.at(-1)).toMatchObject({ state: 'FAILED', attempt: 4, error: { code: 'ENGINE_STALLED' } });
    expect((await jobOf(lab, id)).attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual(
      Array.from({ length: 4 }, () => 'FAILED'),
    );
    await checkInvariants(lab);
    return 'four attempts, each ended for want of progress, then FAILED with ENGINE_STALLED';
  },
  150_000,
);

fault(
  21,
  '',
  async () => {
    await using lab = await startLab({ worker: false, env: { RETRY_SECONDS: AT_ONCE } });
    const character = await newCharacterWithPhoto(lab);
    const poison = await newTraining(lab, character.id);
    const client = lab.watch(poison.id);
    for (let attempt = 1; attempt <= 4; attempt++) {
      const doomed = await lab.startWorker({ FAILPOINT: 'job.progress:kill', WORKER_KINDS: 'training' });
      await exitOf(doomed);
    }
    const other = lab.watch((await newTraining(lab, character.id, { steps: 20 })).id);
    await lab.startWorker();
    expect((await client.end()).at(-1)).toMatchObject({ state: 'FAILED', error: { code: 'WORKER_LOST' } });
    expect((await other.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
    expect((await jobOf(lab, poison.id)).attempts).toHaveLength(4);
    await checkInvariants(lab, { leftovers: 4 });
    return 'it takes four workers with it, then FAILED with WORKER_LOST; the next job completes';
  },
  150_000,
);
