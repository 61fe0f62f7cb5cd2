import { checkEngines, engineHealth, engineNames } from './capabilities.ts';
import { closeDb, waitForDatabase } from './db.ts';
import { env } from './env.ts';
import { queuesOf } from './jobs/lines.ts';
import { startQueue, stopQueue } from './jobs/queue.ts';
import { startWorker } from './jobs/worker.ts';
import { log } from './log.ts';
import { scheduleMaintenance } from './maintenance/schedule.ts';
import { runProcess } from './process.ts';
import { lockDecoders } from './storage/decode.ts';
import { prepareVolume } from './storage/volume.ts';

/** Runs jobs. Any number of these processes may run, on any machine: at most one training and one generation at a time each. */
await runProcess('Worker', async () => {
  const lines = queuesOf(engineNames, env.WORKER_KINDS);
  lockDecoders();
  await checkEngines();
  await prepareVolume();
  await waitForDatabase();
  await startQueue(lines, { hasClock: true });
  await scheduleMaintenance();
  const worker = await startWorker(lines, engineHealth);
  log.info({ workerId: worker.id, lines }, 'Worker ready');
  // Whoever supervises this process starts it again.
  worker.stuck.then(async () => {
    await worker.stop();
    process.exit(1);
  });
  return {
    message: { type: 'ready' },
    async stop() {
      await worker.stop();
      await stopQueue();
      await closeDb();
    },
  };
});
