import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';
import { eventsOf, startGeneration } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { startWorker } from './worker.ts';

const api = await startServer();
const QUEUE = 'generation.fast-test';

test('a worker whose engine is not well leaves its jobs in line, and takes them when it is', async () => {
  let isHealthy = false;
  const worker = await startWorker([QUEUE], () =>
    Promise.resolve({ isHealthy, message: isHealthy ? 'Ready.' : 'Its disk is away.' }),
  );
  try {
    const { id } = await startGeneration(api, { prompt: 'a photo', width: 256, height: 256, steps: 4 });
    const WAIT = 'query ($id: ID!) { job(id: $id) { state attempt place { waitsFor { reason } } } }';
    const jobNow = async (): Promise<Data> => (await api.graphql(WAIT, { id })).job;
    const { capabilities } = await api.graphql('{ capabilities { generation { health { message } } } }');
    expect(capabilities.generation.health.message).toBe('Its disk is away.');
    expect(await jobNow()).toEqual({
      state: 'QUEUED',
      attempt: 0,
      place: { waitsFor: { reason: 'NO_WORKER' } },
    });
    isHealthy = true;
    await until(async () => (await jobNow()).state !== 'QUEUED', 'it is taken');
    expect((await eventsOf(api, id)).at(-1)).toMatchObject({ state: 'COMPLETED', attempt: 1 });
  } finally {
    await worker.stop();
  }
});
