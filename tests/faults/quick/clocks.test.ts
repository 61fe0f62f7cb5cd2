import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { jobOf, newCharacterWithPhoto, newGeneration, newTraining } from '../tools/work.ts';

const SHIFT_CLOCK = fileURLToPath(new URL('../tools/shift-clock.ts', import.meta.url));
const TWO_DAYS_MS = 2 * 24 * 3600 * 1000;

for (const [name, shift] of [
  ['ahead', TWO_DAYS_MS],
  ['behind', -TWO_DAYS_MS],
] as const) {
  const shifted = { NODE_OPTIONS: `--import ${SHIFT_CLOCK}`, CLOCK_SHIFT_MS: String(shift) };

  fault(22, name, async () => {
    await using lab = await startLab({ worker: false });
    const character = await newCharacterWithPhoto(lab);
    const jobs = [await newTraining(lab, character.id, { steps: 40 }), await newGeneration(lab)];
    const clients = jobs.map(({ id }) => lab.watch(id));
    await lab.startWorker(shifted);
    for (const client of clients)
      expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
    await checkInvariants(lab);
    return 'jobs complete, their times are those of the database';
  });

  fault(22, `${name}, beside a running job`, async () => {
    await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '20' } });
    const character = await newCharacterWithPhoto(lab);
    const training = await newTraining(lab, character.id, { steps: 300 });
    const client = lab.watch(training.id);
    await until(async () => (await jobOf(lab, training.id)).step > 0, 'it trains');
    await lab.startWorker(shifted);
    expect(await readdir(join(lab.volume, 'cache/tmp'))).toContainEqual(
      expect.stringMatching(`^${training.id}-1-`),
    );
    expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
    await checkInvariants(lab);
    return 'the job beside it keeps its files and completes';
  });
}
