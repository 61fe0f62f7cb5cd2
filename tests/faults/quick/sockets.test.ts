import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { cancel, newCharacterWithPhoto, newTraining } from '../tools/work.ts';

fault(14, '', async () => {
  await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '5' } });
  const character = await newCharacterWithPhoto(lab);
  const { id } = await newTraining(lab, character.id, { steps: 10_000, sampleEvery: 1000 });
  const client = lab.watch(id);
  const cuts = 50;
  for (let cut = 0; cut < cuts; cut++) {
    const isBack = () => client.connections() > cut && client.heard() > 0;
    await until(isBack, `something comes after ${cut} cuts`);
    lab.clients.cut();
  }
  await until(() => client.connections() > cuts, 'it comes back');
  await cancel(lab, id);
  const events = await client.end();
  expect(events.at(-1)).toMatchObject({ state: 'CANCELLED', attempt: 1 });
  await checkInvariants(lab);
  return `${events.length} events over ${client.connections()} connections, no gap, no repeat`;
});

fault(15, '', async () => {
  await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '3' } });
  const character = await newCharacterWithPhoto(lab);
  const { id } = await newTraining(lab, character.id);
  const client = lab.watch(id);
  const other = lab.watch(id);
  await until(() => client.seen.length > 5, 'it hears of its job');
  client.goAway();
  const before = client.seen.length;
  await other.end();
  expect(client.seen.length).toBe(before);
  client.comeBack();
  const events = await client.end();
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED' });
  await checkInvariants(lab);
  return `left after ${before} events, came back to the other ${events.length - before}`;
});
