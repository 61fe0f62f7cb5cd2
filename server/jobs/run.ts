import { setTimeout as pause } from 'node:timers/promises';
import { withTrace } from '../correlation.ts';
import type { Tx } from '../db.ts';
import { env } from '../env.ts';
import { failpoint } from '../failpoint.ts';
import { log } from '../log.ts';
import { storage } from '../storage/volume.ts';
import { type Attempt, LeaseLost, recorderOf } from './attempt.ts';
import { completeAttempt, endAttempt } from './endings.ts';
import type { Job, JobDetails } from './jobs.ts';
import { type StopReason, watchLease } from './lease.ts';
import type { Message } from './queue.ts';
import { watchProgress } from './stall.ts';
import { tryToEndSurvivors } from './survivors.ts';
import { takeJob } from './take.ts';
import type { Worker } from './workers.ts';

/** What a handler is given: the job as it was taken, and the only door through which it writes. */
export type JobRun = {
  job: JobDetails;
  signal: AbortSignal;
  /** An empty folder of this attempt's own, on the volume's file system; gone when the handler and its results are done. */
  workDir: string;
  record: Attempt['record'];
};

/**
 * Does the work and resolves to what is written together with COMPLETED; that may be tried more than once. Returns early when
 * `run.signal` aborts.
 */
export type Handler = (run: JobRun) => Promise<(tx: Tx) => Promise<unknown>>;

/** A handler did not return after it was told to stop: its engine may go on for as long as this process lives. */
export class HandlerStuck extends Error {}

/** Takes the job of a message, runs it, and records how it ended. `shutdown` hands it back to the queue. */
export async function runJob(options: {
  message: Message;
  worker: Worker;
  handlerOf: (job: Job) => Handler;
  shutdown: AbortSignal;
}) {
  const { message, worker, handlerOf, shutdown } = options;
  const number = message.retryCount + 1;
  const job = await takeJob(message, number, worker);
  if (job === null) return;
  failpoint('job.claimed');

  const stop = new AbortController();
  const { signal } = stop;
  const record = recorderOf(job, number, { signal, shutdown });
  const attempt: Attempt = { job, message, number, signal, shutdown, record };
  await withTrace({ correlationId: job.correlationId, jobId: job.id }, async () => {
    log.info({ kind: job.kind, attempt: number }, 'Job started');
    const release = watchLease({ message, attempt: number, stop, shutdown });
    try {
      // What an attempt before this one left on this machine would have the GPU's memory.
      if (number > 1) await tryToEndSurvivors();
      await work(attempt, stop, handlerOf(job));
    } finally {
      release();
    }
  });
}

async function work(attempt: Attempt, stop: AbortController, handler: Handler) {
  const { job, number, signal } = attempt;
  const progress = watchProgress(attempt.record, stop);
  const reasonNow = () => (signal.aborted ? (signal.reason as StopReason) : undefined);
  try {
    await using folder = await storage.temporaryFolder(`${job.id}-${number}`);
    const run = { job, signal, workDir: folder.path, record: progress.record };
    const finish = await Promise.race([handler(run), stuckAfter(signal)]);
    signal.throwIfAborted();
    failpoint('job.before-finish');
    await completeAttempt(attempt, finish);
  } catch (error) {
    if (error instanceof LeaseLost) stop.abort('lost' satisfies StopReason);
    await endAttempt(attempt, reasonNow(), error);
    if (error instanceof HandlerStuck) throw error;
  } finally {
    progress.release();
  }
}

/** Rejects when a handler has had its time to save and stop. */
async function stuckAfter(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', resolve, { once: true });
  });
  await pause(env.STOP_SECONDS * 1000, undefined, { ref: false });
  throw new HandlerStuck(`The engine did not stop within ${env.STOP_SECONDS} s.`);
}
