import { checkEngines, engineHealth, engineNames } from './capabilities.ts';
import { closeDb, waitForDatabase } from './db.ts';
import { env } from './env.ts';
import { kindsHere, queuesOf } from './jobs/lines.ts';
import { startQueue, stopQueue } from './jobs/queue.ts';
import { startWorker } from './jobs/worker.ts';
import { log } from './log.ts';
import { scheduleMaintenance } from './maintenance/schedule.ts';
import { runProcess } from './process.ts';
import { lockDecoders } from './storage/decode.ts';
import { prepareVolume } from './storage/volume.ts';

/** Runs jobs. Any number of these processes may run, on any machine: at most one job of each kind at a time each. */
await runProcess('Worker', async () => {
  const lines = queuesOf(engineNames, kindsHere(env));
  if (lines.length === 0)
    throw new Error(
      'WORKER_KINDS=download needs COMFYUI_MODELS_DIR, the folder that models are downloaded into.',
    );
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
