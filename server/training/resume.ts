import { and, desc, eq, gt } from 'drizzle-orm';
import { checkpoints, samples, trainingMetrics } from '#schema/training.ts';
import { db } from '../db.ts';
import type { JobRun } from '../jobs/run.ts';
import { checkpointKey } from '../storage/keys.ts';
import { storage } from '../storage/volume.ts';
import type { Training } from './training.ts';

/** The newest checkpoint of an earlier attempt, or the one of another training that this one goes on from. */
export async function resumePointOf({
  id,
  training,
}: Training): Promise<{ step: number; path: string } | null> {
  // A row whose file is gone is no reason to fail: the steps since the one before can be done again.
  for (const { jobId, step } of [
    ...(await checkpointsOf(id)),
    ...(await checkpointById(training.resumedFromId)),
  ]) {
    const key = checkpointKey({ characterId: training.characterId, jobId, step });
    if ((await storage.stat(key)) !== null) return { step, path: await storage.localPath(key) };
  }
  return null;
}

const checkpointsOf = (jobId: string) =>
  db.select().from(checkpoints).where(eq(checkpoints.jobId, jobId)).orderBy(desc(checkpoints.step));

const checkpointById = async (id: string | null) =>
  id === null ? [] : db.select().from(checkpoints).where(eq(checkpoints.id, id));

/** What a lost attempt did beyond its last checkpoint is done again, so it is replaced and not doubled. */
export const forgetStepsAfter = (run: JobRun, step: number) =>
  run.record({ set: { step, stage: null, stepsPerSecond: null } }, async (tx) => {
    const jobId = run.job.id;
    await tx
      .delete(trainingMetrics)
      .where(and(eq(trainingMetrics.jobId, jobId), gt(trainingMetrics.step, step)));
    await tx.delete(samples).where(and(eq(samples.jobId, jobId), gt(samples.step, step)));
    // Those that are left have lost their file; as the newest they would have the ones that come pruned.
    await tx.delete(checkpoints).where(and(eq(checkpoints.jobId, jobId), gt(checkpoints.step, step)));
  });
