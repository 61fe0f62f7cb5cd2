import { and, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { UserError } from '../errors.ts';
import { log } from '../log.ts';
import { previewsKey } from '../storage/keys.ts';
import {
  asText,
  heldBy,
  type Job,
  type JobDetails,
  type JobRecord,
  notStopping,
  recordJob,
  stateEvent,
} from './jobs.ts';
import type { StopReason } from './lease.ts';
import { completeMessage, type Message, removeFiles, returnMessage } from './queue.ts';

/** One try of a worker at a job. Its number is the fencing token. */
export type Attempt = {
  job: JobDetails;
  message: Message;
  number: number;
  /**
   * Records what happened and runs `write` in the same transaction, under the lock of the job's row. Throws `LeaseLost`
   * when the job is not the caller's any more; nothing is written then.
   */
  record(record: Omit<JobRecord, 'where'>, write?: (tx: Tx) => Promise<unknown>): Promise<Job>;
};

/** Another worker has the job, it has ended, or it is gone. */
export class LeaseLost extends Error {}

/** First try and three more (PRODUCT F2). What a worker handed back in order, on its shutdown, does not count. */
const MAX_FAILURES = 4;

export const recorderOf =
  (jobId: string, attempt: number): Attempt['record'] =>
  (entry, write) =>
    db.transaction(async (tx) => {
      const changed = await recordJob(tx, jobId, { ...entry, where: heldBy(attempt) });
      if (changed === undefined) throw new LeaseLost('This job is not ours any more.');
      await write?.(tx);
      return changed;
    });

type Failure = { code: string; message: string; advice: string | null; canRetry: boolean };

/** Engines throw `EngineFailure`. This slice does not know engines, so it knows a failure by its fields. */
const isFailure = (error: unknown): error is Error & Failure =>
  error instanceof Error && 'code' in error && 'advice' in error && 'canRetry' in error;

function failureOf(error: unknown): Failure {
  if (isFailure(error)) {
    const { code, message, advice, canRetry } = error;
    return { code, message: asText(message), advice: advice && asText(advice), canRetry };
  }
  if (error instanceof UserError)
    return { code: error.code, message: error.message, advice: null, canRetry: false };
  const message =
    'Something went wrong in Isengard itself. The worker log says what, under this correlation id.';
  return { code: 'INTERNAL', message, advice: null, canRetry: true };
}

const AT_REST = { stage: null, stepsPerSecond: null } as const;

/** COMPLETED and the results in one, unless a stop was asked for before: then CANCELLED, and no results. */
export async function completeAttempt(attempt: Attempt, finish: (tx: Tx) => Promise<unknown>) {
  const { job, message, number } = attempt;
  const isCompleted = await db.transaction(async (tx) => {
    const completed = await recordJob(tx, job.id, {
      where: and(heldBy(number), notStopping),
      set: { ...AT_REST, state: 'completed', step: sql`${jobs.steps}`, finishedAt: new Date() },
      events: [stateEvent({ state: 'completed', attempt: number, failure: null })],
    });
    if (completed === undefined) return false;
    await finish(tx);
    await leave(tx, attempt);
    await completeMessage(message, tx);
    return true;
  });
  if (isCompleted) log.info({ state: 'completed' }, 'Job ended');
  else await end(attempt, { state: 'cancelled', failure: null });
}

/** How an attempt ends that did not complete: because of `reason`, or else because of `error`. */
export async function endAttempt(attempt: Attempt, reason: StopReason | undefined, error: unknown) {
  if (reason === 'lost')
    return log.warn('The job went to another worker or is gone; nothing more is written');
  if (reason === 'shutdown') return handBack(attempt, null);
  if (reason === 'cancelled') return end(attempt, { state: 'cancelled', failure: null });

  const { canRetry, ...failure } = failureOf(error);
  log.error({ error, code: failure.code }, 'Job attempt failed');
  if (canRetry && attempt.job.failures + 1 < MAX_FAILURES) return handBack(attempt, failure.message);
  await end(attempt, { state: 'failed', failure });
}

/** A job that has lost its worker this often takes its workers with it: it gets no further one. */
export const hasFailedTooOften = ({ failures }: Job) => failures >= MAX_FAILURES;

export const endAsLost = (attempt: Attempt) =>
  end(attempt, {
    state: 'failed',
    failure: {
      code: 'WORKER_LOST',
      message: `The worker that ran it was lost, ${MAX_FAILURES} times.`,
      advice: 'Look into the log of the worker and of its machine: it may run out of memory.',
    },
  });

async function end(attempt: Attempt, how: Pick<Job, 'state' | 'failure'>) {
  const { record, message, number } = attempt;
  const set = { ...AT_REST, ...how, finishedAt: new Date() };
  try {
    await record({ set, events: [stateEvent({ ...how, attempt: number })] }, async (tx) => {
      await leave(tx, attempt);
      await completeMessage(message, tx);
    });
    log.info({ state: how.state }, 'Job ended');
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    log.warn('The job was lost before its end could be recorded');
  }
}

/** What a job that has ended no longer needs. */
const leave = (tx: Tx, { job }: Attempt) => removeFiles(tx, [previewsKey(job.id)]);

async function handBack(attempt: Attempt, failed: string | null) {
  const { job, message, number } = attempt;
  const isBack = await db.transaction(async (tx) => {
    const returned = await recordJob(tx, job.id, {
      where: and(heldBy(number), notStopping),
      set: {
        ...AT_REST,
        state: 'queued',
        workerId: null,
        failures: job.failures + (failed === null ? 0 : 1),
      },
      events: [stateEvent({ state: 'queued', attempt: number, failure: null })],
      logs: failed === null ? [] : [{ level: 'error', message: `Attempt ${number} failed: ${failed}` }],
    });
    if (returned === undefined) return false;
    await returnMessage(message, tx);
    return true;
  });
  if (isBack) log.info('Job handed back to the queue');
  // A stop was asked for meanwhile: there is nothing to go on with.
  else await end(attempt, { state: 'cancelled', failure: null });
}
