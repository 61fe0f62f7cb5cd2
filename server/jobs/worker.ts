import { log } from '../log.ts';
import type { HealthOf } from './engine-reports.ts';
import { gpuTurn } from './gpu-turn.ts';
import { HANDLERS, removeUnusedFiles, runMaintenance } from './handlers.ts';
import { sweepLeases } from './lost.ts';
import { type JobQueueName, type Message, type QueueName, settleMessage } from './queue.ts';
import { pausedQueues, QUEUES_TOPIC } from './queues.ts';
import { HandlerStuck, runJob } from './run.ts';
import { watchForSurvivors } from './survivors.ts';
import { work } from './work.ts';
import { isDraining, joinWorkers, WORKERS_TOPIC, workerTopic } from './workers.ts';

async function removeFiles(message: Message) {
  await removeUnusedFiles((message.data as { keys: string[] }).keys);
  await settleMessage(message);
}

/**
 * Serves these lines: with a slot for each kind of job, so that a training of hours keeps no generation waiting where they do not share
 * a GPU, and one for removing files. `stop` hands the jobs under way back.
 */
export async function startWorker(lines: JobQueueName[], healthOf: HealthOf) {
  const { worker, leave } = await joinWorkers(lines, healthOf);
  const sweeper = sweepLeases();
  const survivors = watchForSurvivors();
  const shutdown = new AbortController();
  const { signal } = shutdown;
  const stuck = Promise.withResolvers<void>();

  async function runNext(message: Message) {
    try {
      await runJob({ message, worker, handlerOf: ({ kind }) => HANDLERS[kind], shutdown: signal });
    } catch (error) {
      if (!(error instanceof HandlerStuck)) throw error;
      // What does not stop goes with its process; the other slot hands back what it has.
      log.fatal({ error }, 'An engine does not stop; this worker ends');
      shutdown.abort();
      stuck.resolve();
    }
  }
  /** An engine that cannot work keeps its jobs in line, for another worker or for when it can. */
  const isWell = (queue: QueueName) =>
    worker.engineReports.every((report) => report.queue !== queue || report.isHealthy);
  async function openQueues(queues: QueueName[]) {
    const [isClosed, paused] = await Promise.all([isDraining(worker.id), pausedQueues()]);
    return isClosed ? [] : queues.filter((queue) => isWell(queue) && !paused.includes(queue));
  }

  const topics = [QUEUES_TOPIC, WORKERS_TOPIC, workerTopic(worker.id)];
  function workOn(queues: JobQueueName[]) {
    const turn = gpuTurn(worker, queues);
    return work({
      queues,
      topics,
      signal,
      openQueues: async (all) => ((await turn.isOpen()) ? openQueues(all) : []),
      run: (message) => runNext(message).finally(turn.had),
    });
  }
  const slots = [...Map.groupBy(lines, (line) => line.split('.')[0]).values()];
  const working = Promise.all([
    ...slots.map(workOn),
    work({ queues: ['files.remove'], run: removeFiles, signal }),
    // A slot of its own: a check may read the whole volume, and who was deleted does not wait for that.
    work({ queues: ['maintenance'], run: (message) => runMaintenance(message, signal), signal }),
  ]);
  return {
    id: worker.id,
    /** Resolves when this process has to end, because an engine in it does not. */
    stuck: stuck.promise,
    async stop() {
      shutdown.abort();
      await working;
      await Promise.all([sweeper.stop(), survivors.stop()]);
      await leave();
    },
  };
}
