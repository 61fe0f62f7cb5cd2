import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { jobOf, newCharacterWithPhoto, newGeneration, newPhoto, newTraining } from '../tools/work.ts';

fault(26, '', async () => {
  await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '10' } });
  const character = await newCharacterWithPhoto(lab);
  const training = await newTraining(lab, character.id, { steps: 300 });
  const generation = await newGeneration(lab, { count: 16, steps: 20 });
  const clients = [training, generation].map(({ id }) => lab.watch(id));
  await until(async () => (await jobOf(lab, training.id)).step > 60, 'it trains');
  await until(async () => (await jobOf(lab, generation.id)).step > 0, 'it draws');

  const upload = newPhoto(lab, character.id, 2).catch(() => null);
  const { port } = new URL(lab.url);
  const exits = [...lab.processes].map((child) => exitOf(child));
  for (const child of lab.processes) child.kill('SIGTERM');
  expect(await Promise.all(exits)).toEqual(exits.map(() => [0, null]));
  await upload;

  await lab.startServer({ PORT: port });
  for (const { id } of [training, generation])
    expect(await jobOf(lab, id)).toMatchObject({ state: 'QUEUED', workerId: null, attempt: 1 });
  await checkInvariants(lab);
  await lab.startWorker();
  for (const client of clients)
    expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 2 });
  await checkInvariants(lab);
  return 'all processes end with 0, both jobs go on with the next worker and complete';
});
