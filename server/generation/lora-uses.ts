import { asc, inArray } from 'drizzle-orm';
import { generationLoras } from '#schema/generation.ts';
import { db } from '../db.ts';

/** Of each generation, in the order of `jobIds`: its LoRAs, in the order in which they are applied. */
export async function loraUsesOfJobs(jobIds: readonly string[]) {
  const rows = await db
    .select()
    .from(generationLoras)
    .where(inArray(generationLoras.jobId, [...jobIds]))
    .orderBy(asc(generationLoras.position));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) => byJob.get(id) ?? []);
}
