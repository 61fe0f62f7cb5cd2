import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { jobEvents, type jobEventType, jobLogs, jobs, type logLevel } from '#schema/jobs.ts';
import { isAmong } from '../connection.ts';
import { currentCorrelationId } from '../correlation.ts';
import { one, type Tx } from '../db.ts';
import { ring, ringEach } from '../doorbell.ts';
import { checkOpenJobs } from '../quotas.ts';
import { redactText } from '../redact-text.ts';
import { fairPriority } from './fairness.ts';
import { type Job, type JobState, jobTopic, queueOf } from './jobs.ts';
import { enqueue } from './queue.ts';

export type NewEvent = { type: (typeof jobEventType.enumValues)[number]; data: object };
export type NewLog = { level: (typeof logLevel.enumValues)[number]; message: string };

type Change = Omit<PgUpdateSetSource<typeof jobs>, 'id' | 'lastSeq'>;

/** `update jobs set ${set} where ${where}`, with the events and log lines that tell of it. */
export type JobRecord = { where: SQL | undefined; set?: Change; events?: NewEvent[]; logs?: NewLog[] };

/**
 * The one way a job changes: update the row, append to its history, ring its topic. The numbers of the history come from
 * the row under its lock, so their order is the order of commits. Undefined when `where` does not hold (any more).
 */
export async function recordJob(tx: Tx, id: string, { where, set = {}, events = [], logs = [] }: JobRecord) {
  const history = events.length + logs.length;
  const [job] = await tx
    .update(jobs)
    .set({ ...set, lastSeq: sql`${jobs.lastSeq} + ${history}` })
    .where(and(eq(jobs.id, id), where))
    .returning();
  if (job === undefined) return;

  let seq = job.lastSeq - history;
  // What was said led to what happened, so the log lines come first.
  if (logs.length > 0)
    await tx
      .insert(jobLogs)
      .values(logs.map(({ level, message }) => ({ jobId: id, seq: ++seq, level, message: asText(message) })));
  if (events.length > 0)
    await tx.insert(jobEvents).values(events.map((event) => ({ jobId: id, seq: ++seq, ...event })));
  await ring(tx, jobTopic(id));
  return job;
}

/** The same end of many jobs that the caller has locked, in three statements. */
export async function recordJobs(
  tx: Tx,
  locked: Pick<Job, 'id'>[],
  { state, set }: { state: JobState; set: Change },
) {
  const ids = locked.map(({ id }) => id);
  if (ids.length === 0) return;
  await tx
    .update(jobs)
    .set({ ...AT_REST, ...set, state, lastSeq: sql`${jobs.lastSeq} + 1` })
    .where(isAmong(jobs.id, ids));
  const { type } = stateEvent({ state, attempt: 0, failure: null });
  await tx.insert(jobEvents).select(
    tx
      .select({
        jobId: jobs.id,
        seq: jobs.lastSeq,
        type: sql<typeof type>`${type}::job_event_type`.as('type'),
        data: sql`jsonb_build_object('state', ${jobs.state}, 'attempt', ${jobs.attempt}, 'failure', ${jobs.failure}, 'hold', null)`.as(
          'data',
        ),
        at: sql<Date>`now()`.as('at'),
      })
      .from(jobs)
      .where(isAmong(jobs.id, ids)),
  );
  await ringEach(tx, ids.map(jobTopic));
}

/**
 * What an engine said, as it may be kept and shown: without secrets, not without end (redact-text.ts), and as Postgres can have it, with
 * no NUL and no half of a surrogate pair.
 */
export const asText = (said: string) => redactText(said).toWellFormed().replaceAll('\0', '\uFFFD');

export const stateEvent = ({
  state,
  attempt,
  failure,
  hold = null,
}: Pick<Job, 'state' | 'attempt' | 'failure'> & { hold?: Job['hold'] }): NewEvent => ({
  type: 'state',
  data: { state, attempt, failure, hold },
});

/** Of a job that nobody runs. */
export const AT_REST = { stage: null, stepsPerSecond: null, hold: null, retryAt: null } as const;

type NewJob = Pick<Job, 'kind' | 'engine' | 'title' | 'characterId' | 'steps'> & {
  retryOfId?: string;
  /** Postgres refuses a second open job with the same, by the index `SOLE_OPEN`. */
  soleOf?: string;
};
export const SOLE_OPEN = 'jobs_sole_open_index';

/** The job, its first event and its message, all or none: `tx` also writes the row of its kind. Throws QuotaExceeded. */
export async function createJob(tx: Tx, values: NewJob): Promise<Job> {
  const job = one(
    await tx
      .insert(jobs)
      .values({
        ...values,
        priority: fairPriority(values),
        correlationId: currentCorrelationId(),
        lastSeq: 1,
      })
      .returning(),
  );
  await tx.insert(jobEvents).values({ jobId: job.id, seq: 1, ...stateEvent(job) });
  await enqueue(tx, queueOf(job), { id: job.id, priority: job.priority, data: {} });
  await ring(tx, jobTopic(job.id));
  await checkOpenJobs(tx);
  return job;
}

/** Nothing in a job may be written by a worker but under the attempt that it holds. */
export const heldBy = (attempt: number) => and(eq(jobs.attempt, attempt), eq(jobs.state, 'running'));
/** Nobody asked for a stop. */
export const notStopping = isNull(jobs.cancelRequestedAt);
