import { createClient } from 'graphql-ws';
import { afterAll, expect } from 'vitest';
import { engineHealth, engineNames } from '#server/capabilities.ts';
import { closeDb } from '#server/db.ts';
import { countHearers } from '#server/doorbell.ts';
import { env } from '#server/env.ts';
import { listen } from '#server/http/listener.ts';
import { kindsHere, queuesOf } from '#server/jobs/lines.ts';
import { startQueue, stopQueue } from '#server/jobs/queue.ts';
import { startWorker } from '#server/jobs/worker.ts';
import { prepareVolume } from '#server/storage/volume.ts';
import { countTails } from '#server/tail.ts';
import { type Api, apiAt } from './api.ts';
import { firstOwner, socketsWith } from './people.ts';
import { until } from './until.ts';

/**
 * The real server, and on request a real worker, within the test's process, on the database and volume of its file.
 * With accounts (ISENGARD_AUTH=on) and `asOwner`, whoever asks is the first owner, signed in.
 * Stopped after the file's tests, and then nothing may be left: no follower, no tail.
 */
export async function startServer(options: { worker?: boolean; asOwner?: boolean } = {}): Promise<Api> {
  const lines = queuesOf(engineNames);
  await prepareVolume();
  await startQueue(lines);
  const listener = await listen({ host: '127.0.0.1', port: 0 });
  const hearersBefore = countHearers();
  const worker = options.worker
    ? await startWorker(queuesOf(engineNames, kindsHere(env)), engineHealth)
    : undefined;
  const own = options.asOwner ? (await firstOwner(listener.url)).headers() : {};
  const sockets = createClient({
    url: `${listener.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: socketsWith(() => own),
    retryAttempts: 0,
  });

  afterAll(async () => {
    await sockets.dispose();
    await until(() => countTails() === 0, 'every tail has ended');
    await worker?.stop();
    // The one that forgets shared states stays as long as the process.
    await until(() => countHearers() <= hearersBefore + 1, 'nobody listens any more');
    await listener.close();
    await stopQueue();
    await closeDb();
    expect(countTails()).toBe(0);
  });
  return apiAt(listener.url, sockets, own);
}
