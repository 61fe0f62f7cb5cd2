import { and, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { UserError } from '../errors.ts';
import { log } from '../log.ts';
import {
  heldBy,
  type Job,
  type JobDetails,
  type JobRecord,
  notStopping,
  recordJob,
  stateEvent,
} from './jobs.ts';
import type { StopReason } from './lease.ts';
import { completeMessage, type Message, returnMessage } from './queue.ts';

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

/** First try and three more (PRODUCT F2). */
const MAX_ATTEMPTS = 4;

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
  if (isFailure(error)) return error;
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

  const { canRetry, code, message, advice } = failureOf(error);
  log.error({ error, code }, 'Job attempt failed');
  if (canRetry && attempt.number < MAX_ATTEMPTS) return handBack(attempt, message);
  await end(attempt, { state: 'failed', failure: { code, message, advice } });
}

async function end({ record, message, number }: Attempt, how: Pick<Job, 'state' | 'failure'>) {
  await record(
    {
      set: { ...AT_REST, ...how, finishedAt: new Date() },
      events: [stateEvent({ ...how, attempt: number })],
    },
    (tx) => completeMessage(message, tx),
  );
  log.info({ state: how.state }, 'Job ended');
}

async function handBack({ record, message, number }: Attempt, failed: string | null) {
  await record(
    {
      set: { ...AT_REST, state: 'queued', workerId: null },
      events: [stateEvent({ state: 'queued', attempt: number, failure: null })],
      logs: failed === null ? [] : [{ level: 'error', message: `Attempt ${number} failed: ${failed}` }],
    },
    (tx) => returnMessage(message, tx),
  );
  log.info('Job handed back to the queue');
}
