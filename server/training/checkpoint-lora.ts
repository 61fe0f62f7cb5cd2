import { and, eq } from 'drizzle-orm';
import { loras } from '#schema/loras.ts';
import { trainingMetrics } from '#schema/training.ts';
import { trainingFamily } from '../capabilities.ts';
import { keepJobs, lockCharacters } from '../characters/characters.ts';
import { db, type Tx } from '../db.ts';
import { DiskFull } from '../disk-full.ts';
import { NotFound } from '../errors.ts';
import { type Asked, createOnce } from '../idempotency.ts';
import { getLora, type Lora } from '../loras/loras.ts';
import { isDiskFull } from '../storage/disk-full.ts';
import { checkpointKey } from '../storage/keys.ts';
import { isMissing } from '../storage/missing.ts';
import { storage } from '../storage/volume.ts';
import { type Checkpoint, getCheckpoint } from './checkpoints.ts';
import { getTraining } from './training.ts';
import { keepTrainedLora } from './training-result.ts';

/**
 * Makes a LoRA of a checkpoint: a copy under the next version of its character, which stays when the checkpoint goes. A checkpoint
 * makes one LoRA; asked again, it is answered with that.
 */
export async function loraOfCheckpoint(checkpointId: string, asked: Asked): Promise<Lora> {
  await using copies = new AsyncDisposableStack();
  const id = await createOnce(asked, async () => {
    const checkpoint = await getCheckpoint(checkpointId);
    const training = await getTraining(checkpoint.jobId);
    const { characterId, baseModel } = training.training;
    const made = await loraMadeOf(db, checkpoint);
    if (made !== undefined) return async () => made.id;

    const family = await trainingFamily(baseModel);
    const finalLoss = await lossAt(checkpoint);
    const copy = await copyOf(checkpoint, characterId);
    copies.defer(() => storage.discard(copy.path));
    const staged = copies.use(await storage.stage(copy.path));
    return async (tx) => {
      await keepJobs(tx, [training.id]);
      await lockCharacters(tx, [characterId], 'no key update');
      // Somebody who wanted the same may have been first.
      const twin = await loraMadeOf(tx, checkpoint);
      if (twin !== undefined) return twin.id;
      const { bytes, sha256 } = copy;
      const trained = { staged, bytes, sha256, family, step: checkpoint.step, finalLoss };
      return (await keepTrainedLora(tx, training, trained)).id;
    };
  });
  return getLora(id);
}

/** At the last step this is the LoRA that the training ended with. */
async function loraMadeOf(reader: Pick<Tx, 'select'>, { jobId, step }: Checkpoint) {
  const isOfIt = and(eq(loras.jobId, jobId), eq(loras.step, step));
  const [found] = await reader.select({ id: loras.id }).from(loras).where(isOfIt);
  return found;
}

async function lossAt({ jobId, step }: Checkpoint): Promise<number | null> {
  const isOfStep = and(eq(trainingMetrics.jobId, jobId), eq(trainingMetrics.step, step));
  const [metric] = await db.select({ loss: trainingMetrics.loss }).from(trainingMetrics).where(isOfStep);
  return metric?.loss ?? null;
}

/** It may be pruned while it is read. */
async function copyOf({ id, jobId, step, bytes }: Checkpoint, characterId: string) {
  try {
    return await storage.receive(storage.stream(checkpointKey({ characterId, jobId, step })), {
      maxBytes: bytes,
    });
  } catch (error) {
    if (isMissing(error)) throw new NotFound('checkpoint', id);
    if (isDiskFull(error)) throw new DiskFull(await storage.freeBytes());
    throw error;
  }
}
