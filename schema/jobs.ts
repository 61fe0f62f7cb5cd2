import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { characters } from './characters.ts';
import { idColumn, timeColumn } from './columns.ts';

export const jobKind = pgEnum('job_kind', ['training', 'generation']);
export const jobState = pgEnum('job_state', ['queued', 'running', 'completed', 'failed', 'cancelled']);
export const jobStage = pgEnum('job_stage', [
  'preparing',
  'loading_model',
  'caching',
  'training',
  'sampling',
  'saving',
  'exporting',
  'postprocessing',
]);
export const logLevel = pgEnum('log_level', ['debug', 'info', 'warn', 'error']);
export const jobEventType = pgEnum('job_event_type', [
  'state',
  'stage',
  'progress',
  'sample',
  'checkpoint',
  'output',
  'preview',
]);

/** Why a job failed. */
export type JobFailure = { code: string; message: string; advice: string | null };

/** One piece of work for a worker, whatever its kind; trainings and generations add their own row under the same id. */
export const jobs = pgTable(
  'jobs',
  {
    id: idColumn(),
    kind: jobKind().notNull(),
    state: jobState().notNull().default('queued'),
    stage: jobStage(),
    title: text().notNull(),
    engine: text().notNull(),
    characterId: uuid().references(() => characters.id, { onDelete: 'cascade' }),
    retryOfId: uuid().references((): AnyPgColumn => jobs.id, { onDelete: 'set null' }),
    correlationId: text().notNull(),
    // Of the waiting jobs the highest comes first, then the oldest. The queue's message has the same.
    priority: integer().notNull().default(0),
    step: integer().notNull().default(0),
    steps: integer().notNull(),
    stepsPerSecond: doublePrecision(),
    // Taking a job increments it; every write of a worker names the attempt that it holds, so it fences stale workers.
    attempt: integer().notNull().default(0),
    // Attempts that failed or whose worker was lost; those that were handed back in order do not count.
    failures: integer().notNull().default(0),
    workerId: uuid(),
    // The newest event's number, taken under this row's lock: the order of events is the order of commits.
    lastSeq: integer().notNull().default(0),
    failure: jsonb().$type<JobFailure>(),
    cancelRequestedAt: timeColumn(),
    createdAt: timeColumn().notNull().defaultNow(),
    startedAt: timeColumn(),
    finishedAt: timeColumn(),
  },
  (t) => [
    index('jobs_state_id_index').on(t.state, t.id),
    index('jobs_character_id_id_index').on(t.characterId, t.id),
    index('jobs_kind_id_index').on(t.kind, t.id),
    index('jobs_retry_of_id_index').on(t.retryOfId),
    // The lines: `order by priority desc` means nulls first, and Postgres uses an index only when it says so too.
    index('jobs_line_index')
      .on(t.kind, t.engine, t.priority.desc().nullsFirst(), t.id)
      .where(sql`${t.state} = 'queued'`),
    check('jobs_step_within_steps', sql`${t.step} between 0 and ${t.steps}`),
    check(
      'jobs_finished_with_end',
      sql`(${t.finishedAt} is not null) = (${t.state} not in ('queued', 'running'))`,
    ),
    check('jobs_failure_with_failed', sql`(${t.failure} is not null) = (${t.state} = 'failed')`),
  ],
);

/** What happened to a job, in order. Append only; `seq` has no hole within a job (log lines share it). */
export const jobEvents = pgTable(
  'job_events',
  {
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    type: jobEventType().notNull(),
    data: jsonb().notNull(),
    at: timeColumn().notNull().defaultNow(),
  },
  (t) => [primaryKey({ name: 'job_events_pkey', columns: [t.jobId, t.seq] })],
);

/** What the engine said. Apart from the events because it is long, searched by level, and pruned on its own. */
export const jobLogs = pgTable(
  'job_logs',
  {
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer().notNull(),
    level: logLevel().notNull(),
    message: text().notNull(),
    at: timeColumn().notNull().defaultNow(),
  },
  (t) => [primaryKey({ name: 'job_logs_pkey', columns: [t.jobId, t.seq] })],
);

/** A process that runs jobs. Its row is its heartbeat. */
export const workers = pgTable('workers', {
  id: idColumn(),
  host: text().notNull(),
  pid: integer().notNull(),
  version: text().notNull(),
  engines: text().array().notNull(),
  startedAt: timeColumn().notNull().defaultNow(),
  lastSeenAt: timeColumn().notNull().defaultNow(),
});
