import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { startCluster } from '../tools/cluster.ts';
import { fault } from '../tools/fault.ts';
import { type Lab, startLab } from '../tools/lab.ts';
import {
  createUnder,
  jobOf,
  newCharacterWithPhoto,
  newGeneration,
  newKey,
  newPhoto,
  newTraining,
} from '../tools/work.ts';

/** Clients that create one thing after the other, and note what they were told. */
function startWriters(lab: Lab, characterId: string) {
  let isOver = false;
  let seed = 100;
  const creates = [
    () => lab.ledger.keep('characters', createUnder(lab, newKey())),
    () => newPhoto(lab, characterId, seed++),
    () => newGeneration(lab),
  ];
  const writers = [...creates, ...creates].map(async (create) => {
    while (!isOver) await create().catch(() => delay(20));
  });
  return async () => {
    isOver = true;
    await Promise.all(writers);
  };
}

fault(
  8,
  '',
  async () => {
    await using cluster = await startCluster();
    await using lab = await startLab({ cluster, env: { FAST_TEST_STEP_MS: '20' } });
    const character = await newCharacterWithPhoto(lab);
    const { id } = await newTraining(lab, character.id, { steps: 600 });
    const client = lab.watch(id);
    const stopWriters = startWriters(lab, character.id);
    const written = () => Object.values(lab.ledger.acknowledged).reduce((sum, { size }) => sum + size, 0);
    for (let kill = 0; kill < 3; kill++) {
      const before = written();
      await until(() => written() > before + 30, 'more is written', { seconds: 60 });
      await cluster.kill();
      await cluster.start();
    }
    await stopWriters();
    expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED' });
    // Two clients send photos: at each kill, the file of each may be in its place and its row not committed.
    await checkInvariants(lab, { orphans: 6 });
    return `3 times; all ${written()} acknowledged creates are there, the training completes`;
  },
  180_000,
);

const AWAY = [
  ['4 s, refusing connections', 4, 'refuse', 'accept'],
  ['15 s, refusing connections', 15, 'refuse', 'accept'],
  ['15 s, a cable pulled', 15, 'hold', 'release'],
] as const;

for (const [name, seconds, leave, comeBack] of AWAY)
  fault(10, name, async () => {
    await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '10' } });
    const character = await newCharacterWithPhoto(lab);
    const { id } = await newTraining(lab, character.id, { steps: 500 });
    const client = lab.watch(id);
    await until(async () => (await jobOf(lab, id)).step > 60, 'it trains');
    lab.database[leave]();
    await delay(seconds * 1000);
    lab.database[comeBack]();
    const last = (await client.end()).at(-1);
    expect(last).toMatchObject({ state: 'COMPLETED' });
    await checkInvariants(lab);
    return `the training completes in attempt ${last?.attempt}`;
  });
