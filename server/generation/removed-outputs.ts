import { and, eq, inArray, sql } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { jobEvents } from '#schema/jobs.ts';
import { db } from '../db.ts';

/** Of each generation, in the order of `jobIds`: which images its history tells of and are not kept any more. */
export async function removedIndexesOf(jobIds: readonly string[]): Promise<number[][]> {
  const index = sql<number>`(${jobEvents.data} ->> 'index')::int`;
  const kept = db
    .select({ one: sql`1` })
    .from(outputs)
    .where(
      sql`${outputs.jobId} = ${jobEvents.jobId} and ${outputs.index} = ${index} and ${outputs.deletedAt} is null`,
    );
  const rows = await db
    .selectDistinct({ jobId: jobEvents.jobId, index })
    .from(jobEvents)
    .where(and(inArray(jobEvents.jobId, [...jobIds]), eq(jobEvents.type, 'output'), sql`not exists ${kept}`))
    .orderBy(jobEvents.jobId, index);
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) => byJob.get(id)?.map((row) => row.index) ?? []);
}
