import { and, inArray, lt, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { withTrace } from '../correlation.ts';
import { db, type Tx } from '../db.ts';
import { log } from '../log.ts';
import { storage } from '../storage/volume.ts';
import {
  type Attempt,
  completeAttempt,
  endAsLost,
  endAttempt,
  hasFailedTooOften,
  LeaseLost,
  recorderOf,
} from './attempt.ts';
import { findJob, type Job, type JobDetails, recordJob, stateEvent } from './jobs.ts';
import { type StopReason, watchLease } from './lease.ts';
import { completeMessage, type Message } from './queue.ts';

/** What a handler is given: the job as it was taken, and the only door through which it writes. */
export type JobRun = {
  job: JobDetails;
  signal: AbortSignal;
  /** An empty folder of this attempt's own, on the volume's file system; gone when the handler and its results are done. */
  workDir: string;
  record: Attempt['record'];
};

/** Does the work and resolves to what is written together with COMPLETED. Returns early when `run.signal` aborts. */
export type Handler = (run: JobRun) => Promise<(tx: Tx) => Promise<unknown>>;

/** Takes the job of a message, runs it, and records how it ended. `shutdown` hands it back to the queue. */
export async function runJob(options: {
  message: Message;
  workerId: string;
  handlerOf: (job: Job) => Handler;
  shutdown: AbortSignal;
}) {
  const { message, workerId, handlerOf, shutdown } = options;
  const number = message.retryCount + 1;
  const job = await takeJob(message, number, workerId);
  if (job === null) return void (await completeMessage(message));
  const attempt: Attempt = { job, message, number, record: recorderOf(job.id, number) };

  await withTrace({ correlationId: job.correlationId, jobId: job.id }, async () => {
    if (hasFailedTooOften(job)) return endAsLost(attempt);
    log.info({ kind: job.kind, attempt: number }, 'Job started');
    const stop = new AbortController();
    const release = watchLease({ message, attempt: number, stop, shutdown });
    try {
      await using folder = await storage.temporaryFolder(`${job.id}-${number}`);
      const { signal } = stop;
      const finish = await handlerOf(job)({ job, signal, workDir: folder.path, record: attempt.record });
      signal.throwIfAborted();
      await completeAttempt(attempt, finish);
    } catch (error) {
      if (error instanceof LeaseLost) stop.abort('lost' satisfies StopReason);
      await endAttempt(attempt, stop.signal.aborted ? (stop.signal.reason as StopReason) : undefined, error);
    } finally {
      release();
    }
  });
}

/** Null when there is nothing to run: the job has ended or is gone, or was taken under a later attempt. */
async function takeJob(message: Message, attempt: number, workerId: string): Promise<JobDetails | null> {
  const taken = await db.transaction((tx) =>
    recordJob(tx, message.id, {
      where: and(inArray(jobs.state, ['queued', 'running']), lt(jobs.attempt, attempt)),
      set: {
        state: 'running',
        attempt,
        workerId,
        startedAt: sql`coalesce(${jobs.startedAt}, now())`,
        // Still running, and its lease is ours: whoever ran it was lost.
        failures: sql`${jobs.failures} + (${jobs.state} = 'running')::int`,
      },
      events: [stateEvent({ state: 'running', attempt, failure: null })],
    }),
  );
  return taken === undefined ? null : findJob(message.id);
}
