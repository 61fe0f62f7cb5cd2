import { and, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { log } from '../log.ts';
import { previewsKey } from '../storage/keys.ts';
import { type Attempt, persistently } from './attempt.ts';
import { closeAttempt } from './attempts.ts';
import { EngineStalled, type Verdict, verdictOn } from './failures.ts';
import type { Job } from './jobs.ts';
import type { StopReason } from './lease.ts';
import { removeFiles, returnMessage, settle } from './queue.ts';
import { AT_REST, heldBy, notStopping, recordJob, stateEvent } from './record.ts';

/** How often a job that waits for space looks whether there is some. */
export const HOLD_SECONDS = 10;

/** COMPLETED and the results in one, unless a stop was asked for before: then CANCELLED, and no results. */
export async function completeAttempt(attempt: Attempt, finish: (tx: Tx) => Promise<unknown>) {
  const { job, number } = attempt;
  const isCompleted = await transact(attempt, async (tx) => {
    const completed = await recordJob(tx, job.id, {
      where: and(heldBy(number), notStopping),
      set: { ...AT_REST, state: 'completed', step: sql`${jobs.steps}`, finishedAt: sql`now()` },
      events: [stateEvent({ state: 'completed', attempt: number, failure: null })],
    });
    if (completed === undefined) return false;
    await finish(tx);
    await leave(tx, attempt, { outcome: 'completed' });
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

  const cause = reason === 'stalled' ? new EngineStalled() : error;
  const verdict = await verdictOn(attempt.job, cause);
  log.error({ error: cause, verdict: verdict.kind }, 'Job attempt failed');
  if (verdict.kind === 'fail') await end(attempt, { state: 'failed', failure: verdict.failure });
  else await handBack(attempt, verdict);
}

/** One transaction of the attempt, tried again while the database is away: done already, it finds the job not its own. */
const transact = <Result>(attempt: Attempt, work: (tx: Tx) => Promise<Result>) =>
  persistently(attempt, () => db.transaction(work));

async function end(attempt: Attempt, how: { state: 'failed' | 'cancelled'; failure: Job['failure'] }) {
  const { job, number } = attempt;
  const set = { ...AT_REST, ...how, finishedAt: sql`now()` };
  const isEnded = await transact(attempt, async (tx) => {
    const events = [stateEvent({ ...how, attempt: number })];
    const ended = await recordJob(tx, job.id, { where: heldBy(number), set, events });
    if (ended === undefined) return false;
    await leave(tx, attempt, { outcome: how.state, failure: how.failure });
    return true;
  });
  if (isEnded) log.info({ state: how.state }, 'Job ended');
  else log.warn('The job is not ours any more: it has ended, or another worker has it');
}

/** What a job that has ended no longer needs. */
async function leave(tx: Tx, { job, message, number }: Attempt, how: Parameters<typeof closeAttempt>[2]) {
  await closeAttempt(tx, { jobId: job.id, number }, how);
  await removeFiles(tx, [previewsKey(job.id)]);
  await settle(tx, message);
}

/** Null: in order, for a worker that shuts down. */
async function handBack(attempt: Attempt, verdict: Exclude<Verdict, { kind: 'fail' }> | null) {
  const { job, message, number } = attempt;
  const isBack = await transact(attempt, (tx) =>
    requeue(tx, {
      job,
      number,
      message,
      verdict,
      outcome: verdict === null ? 'returned' : OUTCOME[verdict.kind],
    }),
  );
  if (isBack) log.info('Job handed back to the queue');
  // A stop was asked for meanwhile: there is nothing to go on with.
  else await end(attempt, { state: 'cancelled', failure: null });
}

const OUTCOME = { retry: 'failed', hold: 'held' } as const;

type Requeued = {
  job: Pick<Job, 'id' | 'failures'>;
  number: number;
  message: Parameters<typeof settle>[1];
  verdict: Exclude<Verdict, { kind: 'fail' }> | null;
  outcome: 'returned' | 'failed' | 'held' | 'lost';
};

/** RUNNING → QUEUED, with what is to happen before the next attempt. False when the job is not held by `number`, or is to stop. */
export async function requeue(
  tx: Tx,
  { job, number, message, verdict, outcome }: Requeued,
): Promise<boolean> {
  const failure = verdict?.kind === 'retry' ? verdict.failure : null;
  const hold = verdict?.kind === 'hold' ? verdict.hold : null;
  const seconds = verdict?.kind === 'retry' ? verdict.seconds : hold ? HOLD_SECONDS : 0;
  const told = failure ?? hold;
  const returned = await recordJob(tx, job.id, {
    where: and(heldBy(number), notStopping),
    set: {
      ...AT_REST,
      state: 'queued',
      workerId: null,
      hold,
      retryAt: seconds === 0 ? null : sql`now() + make_interval(secs => ${seconds})`,
      failures: job.failures + (failure === null ? 0 : 1),
    },
    events: [stateEvent({ state: 'queued', attempt: number, failure: null, hold })],
    logs:
      told === null
        ? []
        : [{ level: failure ? 'error' : 'warn', message: `Attempt ${number} ended: ${told.message}` }],
  });
  if (returned === undefined) return false;
  await closeAttempt(tx, { jobId: job.id, number }, { outcome, failure: told });
  await returnMessage(tx, { ...message, seconds });
  return true;
}
