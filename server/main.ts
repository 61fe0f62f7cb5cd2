import { checkEngines, engineNames } from './capabilities.ts';
import { closeDb } from './db.ts';
import { env } from './env.ts';
import { listen } from './http/listener.ts';
import { queuesOf } from './jobs/lines.ts';
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
  await startQueue({ isSupervisor: false, queues: queuesOf(engineNames) });
  const listener = await listen({ host: env.HOST, port: env.PORT });
  log.info({ url: listener.url, mode: env.ISENGARD_MODE }, 'Server listens');
  return {
    message: { type: 'listening', url: listener.url },
    async stop() {
      await listener.close();
      await stopQueue();
      await closeDb();
    },
  };
});
