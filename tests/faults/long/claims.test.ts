import { expect } from 'vitest';
import { eventsOf } from '../../steps.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { newGeneration } from '../tools/work.ts';

fault(7, '', async () => {
  await using lab = await startLab();
  await lab.startWorker();
  const rounds = 100;
  for (let round = 0; round < rounds; round++) {
    // Both wait, and the same ring wakes them.
    const { id } = await newGeneration(lab);
    const events = await eventsOf(lab, id);
    expect(events.filter(({ state }) => state === 'RUNNING')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  }
  await checkInvariants(lab);
  return `${rounds} jobs, each taken once`;
});
