import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { generations } from '#schema/generation.ts';
import { jobEvents, type jobEventType, jobLogs, jobs, type logLevel } from '#schema/jobs.ts';
import { trainings } from '#schema/training.ts';
import { isAmong } from '../connection.ts';
import { currentCorrelationId } from '../correlation.ts';
import { db, one, type Tx } from '../db.ts';
import { ring, ringEach } from '../doorbell.ts';
import { isId, NotFound, UserError } from '../errors.ts';
import { previewsKey } from '../storage/keys.ts';
import { deleteMessages, enqueue, type QueueName, removeFiles } from './queue.ts';

export type Job = typeof jobs.$inferSelect;
export type JobState = Job['state'];
export type JobKind = Job['kind'];

const OPEN = ['queued', 'running'] as const satisfies JobState[];
export const hasEnded = (state: JobState) => !(OPEN as readonly JobState[]).includes(state);

/** Rung at each change of a job, for those who follow it. */
export const jobTopic = (id: string) => `job:${id}`;
/** Rung when whoever runs the job has to look whether it still may. */
export const stopTopic = (id: string) => `stop:${id}`;
export const queueOf = ({ kind, engine }: Pick<Job, 'kind' | 'engine'>): QueueName => `${kind}.${engine}`;

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

const MAX_TEXT = 10_000;

/** What an engine said, as Postgres can keep it: no NUL, no half of a surrogate pair, and not without end. */
export const asText = (said: string) => said.toWellFormed().replaceAll('\0', '\uFFFD').slice(0, MAX_TEXT);

export const stateEvent = ({
  state,
  attempt,
  failure,
}: Pick<Job, 'state' | 'attempt' | 'failure'>): NewEvent => ({
  type: 'state',
  data: { state, attempt, failure },
});

type NewJob = Pick<Job, 'kind' | 'engine' | 'title' | 'characterId' | 'steps'> & { retryOfId?: string };

/** The job, its first event and its message, all or none: `tx` also writes the row of its kind. */
export async function createJob(tx: Tx, values: NewJob): Promise<Job> {
  const job = one(
    await tx
      .insert(jobs)
      .values({ ...values, correlationId: currentCorrelationId(), lastSeq: 1 })
      .returning(),
  );
  await tx.insert(jobEvents).values({ jobId: job.id, seq: 1, ...stateEvent(job) });
  await enqueue(tx, queueOf(job), { id: job.id, data: {} });
  await ring(tx, jobTopic(job.id));
  return job;
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A job with what its kind adds to it. */
export type JobDetails = Job & {
  training: typeof trainings.$inferSelect | null;
  generation: typeof generations.$inferSelect | null;
};

export const selectJobs = () =>
  db
    .select({ job: jobs, training: trainings, generation: generations })
    .from(jobs)
    .leftJoin(trainings, eq(trainings.jobId, jobs.id))
    .leftJoin(generations, eq(generations.jobId, jobs.id))
    .$dynamic();

export const withDetails = (
  rows: { job: Job; training: JobDetails['training']; generation: JobDetails['generation'] }[],
) => rows.map(({ job, training, generation }): JobDetails => ({ ...job, training, generation }));

export const jobsByIds = async (ids: readonly string[]) =>
  withDetails(await selectJobs().where(inArray(jobs.id, [...ids])));

export async function findJob(id: string): Promise<JobDetails | null> {
  if (!isId(id)) return null;
  const [job] = await jobsByIds([id]);
  return job ?? null;
}

export async function getJob(id: string): Promise<JobDetails> {
  const job = await findJob(id);
  if (job === null) throw new NotFound('job', id);
  return job;
}

// ── Intents ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export class JobHasEnded extends UserError {
  readonly code = 'JOB_HAS_ENDED';
  readonly job: Job;

  constructor(job: Job) {
    super(`This job has ended already: it is ${job.state}.`);
    this.job = job;
  }
}

export class JobHasNotEnded extends UserError {
  readonly code = 'JOB_HAS_NOT_ENDED';
  readonly job: Job;

  constructor(job: Job) {
    super(`This job is still ${job.state}. Cancel it first, or wait for its end.`);
    this.job = job;
  }
}

/**
 * A waiting job is cancelled here and now. A running one is asked to stop: its worker hears it within a second, saves
 * what it can, and only then is the job CANCELLED.
 */
export async function cancelJob(id: string): Promise<Job> {
  const job = await getJob(id);
  const cancelled = await db.transaction(async (tx) => {
    const now = new Date();
    const waiting = await recordJob(tx, id, {
      where: eq(jobs.state, 'queued'),
      set: { state: 'cancelled', finishedAt: now },
      events: [stateEvent({ state: 'cancelled', attempt: job.attempt, failure: null })],
    });
    if (waiting) {
      await deleteMessages(tx, queueOf(waiting), [id]);
      await removeFiles(tx, [previewsKey(id)]);
      return waiting;
    }
    const [asked] = await tx
      .update(jobs)
      .set({ cancelRequestedAt: sql`coalesce(${jobs.cancelRequestedAt}, ${now.toISOString()}::timestamptz)` })
      .where(and(eq(jobs.id, id), eq(jobs.state, 'running')))
      .returning();
    if (asked) for (const topic of [jobTopic(id), stopTopic(id)]) await ring(tx, topic);
    return asked;
  });
  if (cancelled === undefined) throw new JobHasEnded(await getJob(id));
  return cancelled;
}

/** Before their rows are deleted: nobody starts them any more, and who runs them hears that they are gone. */
export async function endJobsOf(tx: Tx, ids: string[]) {
  if (ids.length === 0) return;
  const open = await tx
    .select()
    .from(jobs)
    .where(and(isAmong(jobs.id, ids), inArray(jobs.state, [...OPEN])))
    .orderBy(jobs.id)
    .for('update');
  for (const [queue, group] of Map.groupBy(open, queueOf))
    await deleteMessages(
      tx,
      queue,
      group.map(({ id }) => id),
    );
  // Nobody follows one that has ended: it does not change.
  await ringEach(
    tx,
    open.flatMap(({ id }) => [jobTopic(id), stopTopic(id)]),
  );
}

/** Nothing in a job may be written by a worker but under the attempt that it holds. */
export const heldBy = (attempt: number) => and(eq(jobs.attempt, attempt), eq(jobs.state, 'running'));
/** Nobody asked for a stop. */
export const notStopping = isNull(jobs.cancelRequestedAt);
