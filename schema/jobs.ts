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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { characters } from './characters.ts';
import { idColumn, largeNumberColumn, timeColumn } from './columns.ts';
import type { TrainingConfig } from './training.ts';

export const jobKind = pgEnum('job_kind', ['training', 'generation', 'download']);
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
  'downloading',
  'verifying',
]);
export const logLevel = pgEnum('log_level', ['debug', 'info', 'warn', 'error']);
export const jobEventType = pgEnum('job_event_type', [
  'state',
  'stage',
  'progress',
  'sample',
  'score',
  'checkpoint',
  'output',
  'preview',
]);

/** How an attempt ended. `returned`: its worker stopped in order; `held`: it waits for something, such as space on the disk. */
export const attemptOutcome = pgEnum('attempt_outcome', [
  'running',
  'completed',
  'failed',
  'cancelled',
  'lost',
  'returned',
  'held',
]);

/** Why a job failed, or an attempt at it. */
export type JobFailure = {
  code: string;
  message: string;
  advice: string | null;
  /** Values of a training's config with which it may go well. Failures of earlier versions have none. */
  suggestion?: Partial<TrainingConfig> | null;
};

/** One piece of work for a worker, whatever its kind; each kind adds a row of its own under the same id. */
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
    // No two open jobs have the same, such as `download sdxl/checkpoint`; null when there may be any number.
    soleOf: text(),
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
    // What a waiting job waits for besides its turn: a full disk, say. It is no failure, and it goes on when that is over.
    hold: jsonb().$type<JobFailure>(),
    // A waiting job is not taken before this; null when its turn alone decides.
    retryAt: timeColumn(),
    cancelRequestedAt: timeColumn(),
    createdAt: timeColumn().notNull().defaultNow(),
    startedAt: timeColumn(),
    finishedAt: timeColumn(),
    // When the events that nobody asks for any more were taken out of its history.
    prunedAt: timeColumn(),
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
    // Whose turn it is in a line (fairness.ts).
    index('jobs_turn_index')
      .on(t.kind, t.engine, t.characterId, t.priority)
      .where(sql`${t.state} in ('queued', 'running')`),
    uniqueIndex('jobs_sole_open_index').on(t.soleOf).where(sql`${t.state} in ('queued', 'running')`),
    index('jobs_unpruned_index')
      .on(t.finishedAt)
      .where(sql`${t.finishedAt} is not null and ${t.prunedAt} is null`),
    check('jobs_step_within_steps', sql`${t.step} between 0 and ${t.steps}`),
    check(
      'jobs_finished_with_end',
      sql`(${t.finishedAt} is not null) = (${t.state} not in ('queued', 'running'))`,
    ),
    check('jobs_failure_with_failed', sql`(${t.failure} is not null) = (${t.state} = 'failed')`),
    check(
      'jobs_waiting_with_queued',
      sql`${t.state} = 'queued' or (${t.hold} is null and ${t.retryAt} is null)`,
    ),
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

/** Each time that a worker took a job, and what came of it. */
export const jobAttempts = pgTable(
  'job_attempts',
  {
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    workerId: uuid().notNull(),
    host: text().notNull(),
    outcome: attemptOutcome().notNull().default('running'),
    failure: jsonb().$type<JobFailure>(),
    startedAt: timeColumn().notNull().defaultNow(),
    endedAt: timeColumn(),
  },
  (t) => [
    primaryKey({ name: 'job_attempts_pkey', columns: [t.jobId, t.number] }),
    check('job_attempts_ended_with_outcome', sql`(${t.endedAt} is not null) = (${t.outcome} <> 'running')`),
  ],
);

/** What is set for a line of jobs, such as `training.fast-test`; a line without a row has nothing set. */
export const queues = pgTable('queues', {
  name: text().primaryKey(),
  /** Nobody takes a job of it since then; null when it goes. */
  pausedAt: timeColumn(),
});

/** What a worker last heard of one of its engines. */
export type EngineReport = {
  /** Of the queue that the engine serves, such as `training.ai-toolkit`. */
  queue: string;
  isHealthy: boolean;
  message: string;
};

/** A process that runs jobs. Its row is its heartbeat. */
export const workers = pgTable('workers', {
  id: idColumn(),
  host: text().notNull(),
  pid: integer().notNull(),
  version: text().notNull(),
  engines: text().array().notNull(),
  /** As `nvidia-smi` names it; null without one. */
  gpuUuid: text(),
  gpuName: text(),
  gpuMemoryBytes: largeNumberColumn(),
  engineReports: jsonb().$type<EngineReport[]>().notNull().default([]),
  /** It takes no further job since then. */
  drainingAt: timeColumn(),
  startedAt: timeColumn().notNull().defaultNow(),
  lastSeenAt: timeColumn().notNull().defaultNow(),
});
