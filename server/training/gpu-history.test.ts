import { expect, test } from 'vitest';
import { jobEvents } from '#schema/jobs.ts';
import type { Data } from '#tests/api.ts';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, startTraining, uploadImages } from '#tests/steps.ts';
import { db } from '../db.ts';

const api = await startServer();

const history = async (id: string, points: number): Promise<Data[]> => {
  const document = `query ($id: ID!, $points: Int!) { training(id: $id) {
    gpuHistory(points: $points) { at gpu { utilisation memoryUsedBytes temperatureCelsius } }
  } }`;
  return (await api.graphql(document, { id, points })).training.gpuHistory;
};

test('the readings of a long training are thinned, in order, and the newest is among them', async () => {
  const character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 1));
  const { id } = await startTraining(api, character.id, { steps: 100 });
  expect(await history(id, 10)).toEqual([]);

  const start = Date.parse('2026-01-01T00:00:00Z');
  const gpu = (n: number) => ({
    utilisation: n / 1000,
    memoryUsedBytes: n,
    memoryTotalBytes: 1000,
    temperatureCelsius: 60,
    powerWatts: 300,
  });
  const events = Array.from({ length: 1000 }, (_, n) => ({
    jobId: id,
    seq: 1000 + n,
    type: 'progress' as const,
    // Most batches of steps come without one.
    data: { step: n, metrics: [], gpu: n % 4 === 3 ? gpu(n) : null },
    at: new Date(start + n * 1000),
  }));
  await db.insert(jobEvents).values(events);

  const thinned = await history(id, 10);
  expect(thinned).toHaveLength(10);
  expect(thinned.map(({ at }) => at)).toEqual(thinned.map(({ at }) => at).sort());
  expect(thinned.at(-1)).toEqual({
    at: '2026-01-01T00:16:39.000Z',
    gpu: { utilisation: 0.999, memoryUsedBytes: 999, temperatureCelsius: 60 },
  });
  expect(await history(id, 5000)).toHaveLength(250);
});
