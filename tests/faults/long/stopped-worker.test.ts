import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { jobOf, newCharacterWithPhoto, newTraining } from '../tools/work.ts';

fault(6, '', async () => {
  await using lab = await startLab({ worker: false, env: { FAST_TEST_STEP_MS: '10' } });
  const character = await newCharacterWithPhoto(lab);
  const training = await newTraining(lab, character.id, { steps: 400 });
  const client = lab.watch(training.id);
  const stopped = await lab.startWorker();
  await until(async () => (await jobOf(lab, training.id)).step > 60, 'it trains');
  stopped.kill('SIGSTOP');
  const other = await lab.startWorker();
  await until(async () => (await jobOf(lab, training.id)).attempt === 2, 'the other takes it');
  // In the middle of the other's attempt the first goes on where it was.
  await until(
    async () => (await jobOf(lab, training.id)).step > 120,
    'the other is past where the first was',
  );
  stopped.kill('SIGCONT');

  expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  expect((await jobOf(lab, training.id)).attempts).toMatchObject([
    { outcome: 'LOST' },
    { outcome: 'COMPLETED' },
  ]);
  await checkInvariants(lab);

  other.kill('SIGTERM');
  await exitOf(other);
  const next = lab.watch((await newTraining(lab, character.id, { steps: 50 })).id);
  expect((await next.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  await checkInvariants(lab);
  return 'another worker completes it; the first writes nothing, aborts and takes the next job';
});

fault(6, 'together with all others, as when a machine sleeps', async () => {
  await using lab = await startLab({ worker: false, env: { FAST_TEST_STEP_MS: '10' } });
  const character = await newCharacterWithPhoto(lab);
  const training = await newTraining(lab, character.id, { steps: 400 });
  const client = lab.watch(training.id);
  const worker = await lab.startWorker();
  await until(async () => (await jobOf(lab, training.id)).step > 60, 'it trains');
  const all = [...lab.processes];
  expect(all).toContain(worker);
  for (const process of all) process.kill('SIGSTOP');
  const hasRunOut = () => lab.sql`
    select id from pgboss.job where id = ${training.id}
      and heartbeat_on < now() - make_interval(secs => heartbeat_seconds + 2)`;
  await until(async () => (await hasRunOut()).length > 0, 'its lease has run out', { seconds: 30 });
  for (const process of all) process.kill('SIGCONT');

  expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  await checkInvariants(lab);
  return 'nobody was lost: the same attempt goes on and completes';
});
