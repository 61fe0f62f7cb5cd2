import { eq } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { checkpoints } from '#schema/training.ts';
import { db } from '../db.ts';
import { ring } from '../doorbell.ts';
import { NotFound } from '../errors.ts';
import { jobTopic } from '../jobs/jobs.ts';
import { getCheckpoint } from './checkpoints.ts';
import { getTraining, type Training } from './training.ts';
import { pruneCheckpoints } from './training-files.ts';

/**
 * A checkpoint that is pinned is kept beside the newest ones for as long as its training. One that is not any more goes at once when
 * newer ones have taken its place.
 */
export async function setPinned(checkpointId: string, isPinned: boolean): Promise<Training> {
  const training = await getTraining((await getCheckpoint(checkpointId)).jobId);
  await db.transaction(async (tx) => {
    // The lock of who records the next checkpoint, and takes the old ones away.
    await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, training.id)).for('no key update');
    const [changed] = await tx
      .update(checkpoints)
      .set({ isPinned })
      .where(eq(checkpoints.id, checkpointId))
      .returning();
    if (changed === undefined) throw new NotFound('checkpoint', checkpointId);
    if (!isPinned) await pruneCheckpoints(tx, training);
    await ring(tx, jobTopic(training.id));
  });
  return training;
}
