import { expect } from 'vitest';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import type { Verdict } from '../tools/proxy.ts';
import { createUnder, newCharacterWithPhoto, newGeneration, newKey, newTraining } from '../tools/work.ts';

fault(9, "a server's", async () => {
  await using lab = await startLab({ worker: false });
  let verdict: Verdict = 'pass';
  lab.atCommit(() => {
    const now = verdict;
    verdict = 'pass';
    return now;
  });
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    // Before the server has it, and after: then it is done and the answer is lost.
    verdict = round % 2 === 0 ? 'cut' : 'cut-answer';
    const key = newKey();
    const first = await lab.ledger.keep('characters', createUnder(lab, key)).catch(() => null);
    expect(verdict).toBe('pass');
    const again = await createUnder(lab, key);
    if (first === null) lab.ledger.settle('characters', again.id);
    else expect(again.id).toBe(first.id);
  }
  await checkInvariants(lab);
  return `${rounds} times; asked for again, each is there once`;
});

fault(9, "a worker's", async () => {
  await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '5' } });
  const character = await newCharacterWithPhoto(lab);
  const work = [await newTraining(lab, character.id), await newGeneration(lab, { count: 3 })];
  let commits = 0;
  let cuts = 0;
  lab.atCommit(() => {
    if (++commits % 3 !== 0) return 'pass';
    return cuts++ % 2 === 0 ? 'cut' : 'cut-answer';
  });
  const clients = work.map(({ id }) => lab.watch(id));
  for (const client of clients)
    expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  lab.atCommit(() => 'pass');
  expect(cuts).toBeGreaterThan(5);
  await checkInvariants(lab);
  return `${cuts} of ${commits} commits cut, both jobs complete in one attempt`;
});
