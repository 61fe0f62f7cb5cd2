import { desc, inArray, sql } from 'drizzle-orm';
import { checkpoints, datasetSnapshotImages } from '#schema/training.ts';
import { db } from '../db.ts';

/** Of each training, in the order of `jobIds`: the checkpoints that are kept, the newest first. */
export async function checkpointsOfJobs(jobIds: readonly string[]) {
  const rows = await db
    .select()
    .from(checkpoints)
    .where(inArray(checkpoints.jobId, [...jobIds]))
    .orderBy(desc(checkpoints.step));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) => byJob.get(id) ?? []);
}

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
