import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { type JobFailure, jobEvents, jobLogs, jobs, type logLevel } from '#schema/jobs.ts';
import type { GpuStats } from '#schema/training.ts';
import { db } from '../db.ts';
import { follow } from '../follow.ts';
import type { Eta } from './eta.ts';
import { hasEnded, type Job, jobTopic } from './jobs.ts';

export type StepMetric = { step: number; loss: number; learningRate: number };

/** What an event of each type carries. Rows of other tables are named by what they are of their job, and loaded when asked for. */
export type EventData = {
  state: { state: Job['state']; attempt: number; failure: JobFailure | null; hold?: JobFailure | null };
  stage: { stage: NonNullable<Job['stage']> };
  progress: {
    step: number;
    steps: number;
    stepsPerSecond: number | null;
    eta: Eta | null;
    /** The steps since the last such event; of a training only. */
    metrics: StepMetric[];
    gpu: GpuStats | null;
  };
  sample: { step: number; promptIndex: number };
  score: { step: number; promptIndex: number };
  checkpoint: { step: number };
  output: { index: number };
  preview: { index: number; version: number };
  log: { level: (typeof logLevel.enumValues)[number]; message: string };
};

type EventOf<Type extends keyof EventData> = {
  jobId: string;
  seq: number;
  at: Date;
  correlationId: string;
  type: Type;
  data: EventData[Type];
};
export type JobEventOf<Type extends keyof EventData> = EventOf<Type>;
export type JobEvent = { [Type in keyof EventData]: EventOf<Type> }[keyof EventData];

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const after = sql.placeholder('after');
const limit = sql.placeholder('limit');

const events = db
  .select({
    seq: jobEvents.seq,
    at: jobEvents.at,
    type: sql<string>`${jobEvents.type}::text`.as('type'),
    data: jobEvents.data,
  })
  .from(jobEvents)
  .where(and(eq(jobEvents.jobId, jobs.id), gt(jobEvents.seq, after)))
  .orderBy(asc(jobEvents.seq))
  .limit(limit);
const lines = db
  .select({
    seq: jobLogs.seq,
    at: jobLogs.at,
    type: sql<string>`'log'`.as('type'),
    data: sql<unknown>`jsonb_build_object('level', ${jobLogs.level}, 'message', ${jobLogs.message})`
      .mapWith(jobEvents.data)
      .as('data'),
  })
  .from(jobLogs)
  .where(and(eq(jobLogs.jobId, jobs.id), gt(jobLogs.seq, after)))
  .orderBy(asc(jobLogs.seq))
  .limit(limit);
const history = unionAll(events, lines).orderBy(sql`seq`).limit(limit).as('history');

/** One statement, so that the state and the rows are of one moment; prepared, because each event of each job costs one. */
const historyPage = db
  .select({
    state: jobs.state,
    correlationId: jobs.correlationId,
    seq: history.seq,
    at: history.at,
    type: history.type,
    data: history.data,
  })
  .from(jobs)
  .leftJoinLateral(history, sql`true`)
  .where(eq(jobs.id, sql.placeholder('jobId')))
  .orderBy(history.seq)
  .prepare('history_page');

/**
 * The events and log lines after `after`, in their one order, as far as they are kept. Null when the job has told all, or
 * is gone.
 */
async function historyAfter(jobId: string, after: number, limit: number): Promise<JobEvent[] | null> {
  const rows = await historyPage.execute({ jobId, after, limit });
  const told = rows.filter(({ seq }) => seq !== null);
  const isOpen = rows.some(({ state }) => !hasEnded(state));
  if (told.length === 0 && !isOpen) return null;
  return told.map(({ state: _, ...event }) => ({ ...event, jobId }) as JobEvent);
}

const isLast = (event: JobEvent) => event.type === 'state' && hasEnded(event.data.state);

/** Replays the history of a job after `after`, then follows it to its end. */
export const followHistory = (jobId: string, after: number) =>
  follow({ topic: jobTopic(jobId), read: (seq, limit) => historyAfter(jobId, seq, limit), isLast }, after);
