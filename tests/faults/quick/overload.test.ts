import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { createUnder, newKey } from '../tools/work.ts';

fault(11, '', async () => {
  await using lab = await startLab({ worker: false });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holder = lab.sql.begin(async (tx) => {
    await tx`lock table characters in access exclusive mode`;
    locked.resolve();
    await released;
  });
  await locked.promise;

  const stuck = Array.from({ length: 60 }, () =>
    lab.request('{ characters(first: 1) { edges { node { id } } } }'),
  );
  const { answer, response } = await Promise.race(stuck);
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toBeTruthy();
  expect(answer.errors?.[0]?.extensions.code).toBe('OVERLOADED');
  const health = await fetch(`${lab.url}/healthz`);
  expect(health.status).toBe(200);

  release();
  await holder;
  const answers = await Promise.all(stuck);
  const refused = answers.filter(({ response }) => response.status === 503).length;
  await until(
    async () => (await lab.request('{ characters { edges { node { id } } } }')).response.ok,
    'it serves again',
  );
  await lab.ledger.keep('characters', createUnder(lab, newKey()));
  await checkInvariants(lab);
  return `${refused} of 60 requests refused with OVERLOADED, the others answered; healthy all the time`;
});
