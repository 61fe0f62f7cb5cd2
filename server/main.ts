import { checkEngines, engineNames } from './capabilities.ts';
import { closeDb, waitForDatabase } from './db.ts';
import { env } from './env.ts';
import { listen } from './http/listener.ts';
import { queuesOf } from './jobs/lines.ts';
import { sweepLeases } from './jobs/lost.ts';
import { startQueue, stopQueue } from './jobs/queue.ts';
import { log } from './log.ts';
import { runProcess } from './process.ts';
import { lockDecoders } from './storage/pictures.ts';
import { prepareVolume } from './storage/volume.ts';

/** Serves the API and the client. Stateless: any number of these processes may run. */
await runProcess('Server', async () => {
  lockDecoders();
  await checkEngines();
  await prepareVolume();
  await waitForDatabase();
  await startQueue(queuesOf(engineNames));
  const sweeper = sweepLeases();
  const listener = await listen({ host: env.HOST, port: env.PORT });
  log.info({ url: listener.url, mode: env.ISENGARD_MODE }, 'Server listens');
  return {
    message: { type: 'listening', url: listener.url },
    async stop() {
      await listener.close();
      await sweeper.stop();
      await stopQueue();
      await closeDb();
    },
  };
});
