import { and, eq, gt } from 'drizzle-orm';
import { checkpoints, samples, trainingMetrics } from '#schema/training.ts';
import { db } from '../db.ts';
import type { JobRun } from '../jobs/run.ts';
import { checkpointKey } from '../storage/keys.ts';
import { storage } from '../storage/volume.ts';
import { newestCheckpoint, type Training } from './training.ts';

/** The newest checkpoint of an earlier attempt, or the one of another training that this one goes on from. */
export async function resumePointOf({
  id,
  training,
}: Training): Promise<{ step: number; path: string } | null> {
  const checkpoint = (await newestCheckpoint(id)) ?? (await checkpointById(training.resumedFromId));
  if (checkpoint === undefined) return null;
  const { jobId, step } = checkpoint;
  const key = checkpointKey({ characterId: training.characterId, jobId, step });
  // A row whose file is gone is no reason to fail: the steps can be done again.
  if ((await storage.stat(key)) === null) return null;
  return { step, path: await storage.localPath(key) };
}

const checkpointById = async (id: string | null) =>
  id === null ? undefined : (await db.select().from(checkpoints).where(eq(checkpoints.id, id)))[0];

/** What a lost attempt did beyond its last checkpoint is done again, so it is replaced and not doubled. */
export const forgetStepsAfter = (run: JobRun, step: number) =>
  run.record({ set: { step, stage: null, stepsPerSecond: null } }, async (tx) => {
    const jobId = run.job.id;
    await tx
      .delete(trainingMetrics)
      .where(and(eq(trainingMetrics.jobId, jobId), gt(trainingMetrics.step, step)));
    await tx.delete(samples).where(and(eq(samples.jobId, jobId), gt(samples.step, step)));
  });
