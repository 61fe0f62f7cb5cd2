import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, max, sql } from 'drizzle-orm';
import { jobEvents, jobLogs, jobs } from '#schema/jobs.ts';
import { db, one } from '../db.ts';
import { env } from '../env.ts';
import { log } from '../log.ts';

/** A training of twelve hours has some hundred thousand events; each statement is to be short, whatever the disk is. */
const ROWS_AT_ONCE = 20_000;

/** What tells how it went on, and nobody asks for any more. How it began and ended, and what was made, stays. */
const PASSING = ['progress', 'stage', 'preview'] as const;

const isDue = () =>
  and(
    isNotNull(jobs.finishedAt),
    isNull(jobs.prunedAt),
    lt(jobs.finishedAt, sql`now() - make_interval(days => ${env.HISTORY_DAYS})`),
  );

/**
 * Thins out the history of jobs that ended HISTORY_DAYS ago: progress, stages, previews and log lines go; states, samples,
 * checkpoints, outputs and the curve of the loss stay. Resolves to how many jobs there were.
 */
export async function pruneHistories(signal?: AbortSignal): Promise<number> {
  for (let pruned = 0; ; pruned++) {
    const [due] = await db
      .select({ id: jobs.id })
      .from(jobs)
      .where(isDue())
      .orderBy(asc(jobs.finishedAt))
      .limit(1);
    if (due === undefined) {
      if (pruned > 0) log.info({ jobs: pruned }, 'Histories of old jobs were thinned out');
      return pruned;
    }
    await prune(due.id, signal);
  }
}

/**
 * In portions, each a transaction of its own. Nothing is added to a job that has ended, so two who do it at once do no harm.
 * Ranges of the primary key, because `limit` in a subquery makes Postgres read the whole table for each.
 */
async function prune(jobId: string, signal?: AbortSignal) {
  for (const [table, isPassing] of [
    [jobEvents, inArray(jobEvents.type, [...PASSING])],
    [jobLogs, undefined],
  ] as const) {
    const ofJob = eq(table.jobId, jobId);
    const { last } = one(
      await db
        .select({ last: max(table.seq) })
        .from(table)
        .where(ofJob),
    );
    for (let start = 0; start <= (last ?? -1); start += ROWS_AT_ONCE) {
      signal?.throwIfAborted();
      const portion = and(gte(table.seq, start), lt(table.seq, start + ROWS_AT_ONCE));
      await db.delete(table).where(and(ofJob, portion, isPassing));
    }
  }
  await db.update(jobs).set({ prunedAt: sql`now()` }).where(eq(jobs.id, jobId));
}
