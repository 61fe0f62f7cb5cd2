import { expect } from 'vitest';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { createUnder, newKey } from '../tools/work.ts';

/** A server dies at `failpoint` while it creates a character; another one is asked for the same. */
async function createTwice(failpoint: string) {
  await using lab = await startLab({ worker: false });
  const doomed = await lab.startServer({ FAILPOINT: `${failpoint}:kill` });
  const key = newKey();
  await expect(lab.ledger.keep('characters', createUnder(doomed, key))).rejects.toThrow();
  await exitOf(doomed.process);
  await checkInvariants(lab);
  const [{ count } = { count: 0 }] = await lab.sql`select count(*)::int from characters`;
  const again = await createUnder(lab, key);
  lab.ledger.settle('characters', again.id);
  await checkInvariants(lab);
  return Number(count);
}

fault(1, '', async () => {
  expect(await createTwice('create.after-commit')).toBe(1);
  return 'it was made, and asked for again it is the same one';
});

fault(2, '', async () => {
  expect(await createTwice('create.before-commit')).toBe(0);
  return 'it was not made, and asked for again it is, once';
});

fault(17, '', async () => {
  await using lab = await startLab({ worker: false });
  const servers = [lab, await lab.startServer()];
  const key = newKey();
  const retries = Array.from({ length: 20 }, (_, i) => createUnder(servers[i % 2] ?? lab, key));
  const ids = new Set((await Promise.all(retries)).map(({ id }) => id));
  expect(ids.size).toBe(1);
  for (const id of ids) lab.ledger.acknowledged.characters.add(id);
  await checkInvariants(lab);
  return '20 equal answers of two servers, one character';
});
