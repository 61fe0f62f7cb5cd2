import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { jobAttempts } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { WORKERS_TOPIC } from './workers.ts';

export type AttemptRow = typeof jobAttempts.$inferSelect;
type Ended = Exclude<AttemptRow['outcome'], 'running'>;

/** How the attempt that runs now ended. Written with the change of its job, under the lock of its row. */
export async function closeAttempt(
  tx: Tx,
  { jobId, number }: { jobId: string; number: number },
  { outcome, failure = null }: { outcome: Ended; failure?: AttemptRow['failure'] },
) {
  const isOpen = and(
    eq(jobAttempts.jobId, jobId),
    eq(jobAttempts.number, number),
    eq(jobAttempts.outcome, 'running'),
  );
  await tx.update(jobAttempts).set({ outcome, failure, endedAt: sql`now()` }).where(isOpen);
  await ring(tx, WORKERS_TOPIC);
}

/** Of each job, in the order of `jobIds`: its attempts, the first one first. */
export async function attemptsOf(jobIds: readonly string[]): Promise<AttemptRow[][]> {
  const rows = await db
    .select()
    .from(jobAttempts)
    .where(inArray(jobAttempts.jobId, [...jobIds]))
    .orderBy(asc(jobAttempts.number));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) => byJob.get(id) ?? []);
}
