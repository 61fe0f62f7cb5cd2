import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { loras } from '#schema/loras.ts';
import { checkpoints, datasetSnapshotImages, trainings } from '#schema/training.ts';
import { db } from '../db.ts';
import type { Lora } from '../loras/loras.ts';

/** Of each dataset snapshot, in the order of `snapshotIds`: how many photos it holds. */
export async function imageCountsOfSnapshots(snapshotIds: readonly string[]): Promise<number[]> {
  const rows = await db
    .select({ id: datasetSnapshotImages.snapshotId, count: sql<number>`count(*)::int` })
    .from(datasetSnapshotImages)
    .where(inArray(datasetSnapshotImages.snapshotId, [...snapshotIds]))
    .groupBy(datasetSnapshotImages.snapshotId);
  const counts = new Map(rows.map(({ id, count }) => [id, count]));
  return snapshotIds.map((id) => counts.get(id) ?? 0);
}

/** Of each training, in the order of `jobIds`: the LoRA that it ended with. Those of checkpoints are of earlier steps. */
export async function lastLorasOf(jobIds: readonly string[]): Promise<(Lora | null)[]> {
  const rows = await db
    .select(getTableColumns(loras))
    .from(loras)
    .innerJoin(trainings, eq(trainings.jobId, loras.jobId))
    .where(
      and(inArray(loras.jobId, [...jobIds]), sql`${loras.step} = (${trainings.config} ->> 'steps')::int`),
    );
  const byJob = new Map(rows.map((lora) => [lora.jobId, lora]));
  return jobIds.map((id) => byJob.get(id) ?? null);
}

/** Of each checkpoint, in the order of `ids`: the LoRA that was made of it. */
export async function lorasOfCheckpoints(ids: readonly string[]): Promise<(Lora | null)[]> {
  const rows = await db
    .select({ id: checkpoints.id, lora: getTableColumns(loras) })
    .from(checkpoints)
    .innerJoin(loras, and(eq(loras.jobId, checkpoints.jobId), eq(loras.step, checkpoints.step)))
    .where(inArray(checkpoints.id, [...ids]));
  const byCheckpoint = new Map(rows.map(({ id, lora }) => [id, lora]));
  return ids.map((id) => byCheckpoint.get(id) ?? null);
}
