import { checkEngines, engineNames } from './capabilities.ts';
import { closeDb } from './db.ts';
import { queuesOf } from './jobs/lines.ts';
import { startQueue, stopQueue } from './jobs/queue.ts';
import { startWorker } from './jobs/worker.ts';
import { log } from './log.ts';
import { runProcess } from './process.ts';
import { lockDecoders } from './storage/pictures.ts';
import { prepareVolume } from './storage/volume.ts';

/** Runs jobs. Any number of these processes may run, on any machine, one GPU each. */
await runProcess('Worker', async () => {
  const lines = queuesOf(engineNames);
  lockDecoders();
  await checkEngines();
  await prepareVolume();
  await startQueue({ isSupervisor: true, queues: lines });
  const worker = await startWorker(lines);
  log.info({ workerId: worker.id, lines }, 'Worker ready');
  return {
    message: { type: 'ready' },
    async stop() {
      await worker.stop();
      await stopQueue();
      await closeDb();
    },
  };
});
