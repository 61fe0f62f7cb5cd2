import { HANDLERS, removeUnusedFiles } from './handlers.ts';
import { FILES_LINE } from './lines.ts';
import { completeMessage, type Message, type QueueName } from './queue.ts';
import { runJob } from './run.ts';
import { work } from './work.ts';
import { joinWorkers } from './workers.ts';

async function removeFiles(message: Message) {
  await removeUnusedFiles((message.data as { keys: string[] }).keys);
  await completeMessage(message);
}

/** Serves these lines with one slot for jobs and one for removing files. `stop` hands the job under way back. */
export async function startWorker(lines: QueueName[]) {
  const jobLines = lines.filter((line) => line !== FILES_LINE);
  const worker = await joinWorkers(jobLines);
  const shutdown = new AbortController();
  const { signal } = shutdown;

  const runNext = (message: Message) =>
    runJob({ message, workerId: worker.id, handlerOf: ({ kind }) => HANDLERS[kind], shutdown: signal });
  const working = Promise.all([work(jobLines, runNext, signal), work([FILES_LINE], removeFiles, signal)]);
  return {
    id: worker.id,
    async stop() {
      shutdown.abort();
      await working;
      await worker.leave();
    },
  };
}
