import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm';
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
  state: { state: Job['state']; attempt: number; failure: JobFailure | null };
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

/** The events and log lines after `after`, in their one order. Null when the job has told all, or is gone. */
async function historyAfter(jobId: string, after: number, limit: number): Promise<JobEvent[] | null> {
  const [job] = await db
    .select({ state: jobs.state, lastSeq: jobs.lastSeq, correlationId: jobs.correlationId })
    .from(jobs)
    .where(eq(jobs.id, jobId));
  if (job === undefined) return null;
  if (after >= job.lastSeq) return hasEnded(job.state) ? null : [];

  const newer = (table: typeof jobEvents | typeof jobLogs): SQL | undefined =>
    and(eq(table.jobId, jobId), gt(table.seq, after));
  const events = db
    .select({
      seq: jobEvents.seq,
      at: jobEvents.at,
      type: sql<string>`${jobEvents.type}::text`,
      data: jobEvents.data,
    })
    .from(jobEvents)
    .where(newer(jobEvents))
    .orderBy(asc(jobEvents.seq))
    .limit(limit);
  const lines = db
    .select({
      seq: jobLogs.seq,
      at: jobLogs.at,
      type: sql<string>`'log'`,
      data: sql<unknown>`jsonb_build_object('level', ${jobLogs.level}, 'message', ${jobLogs.message})`.mapWith(
        jobEvents.data,
      ),
    })
    .from(jobLogs)
    .where(newer(jobLogs))
    .orderBy(asc(jobLogs.seq))
    .limit(limit);
  const rows = await unionAll(events, lines).orderBy(sql`seq`).limit(limit);
  return rows.map((row) => ({ ...row, jobId, correlationId: job.correlationId }) as JobEvent);
}

const isLast = (event: JobEvent) => event.type === 'state' && hasEnded(event.data.state);

/** Replays the history of a job after `after`, then follows it to its end. */
export const followHistory = (jobId: string, after: number) =>
  follow({ topic: jobTopic(jobId), read: (seq, limit) => historyAfter(jobId, seq, limit), isLast }, after);
