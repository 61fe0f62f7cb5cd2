import { eq } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { datasetSnapshotImages } from '#schema/training.ts';
import { trainingFamily } from '../capabilities.ts';
import { one, type Tx } from '../db.ts';
import { failpoint } from '../failpoint.ts';
import { addLora, takeVersion } from '../loras/loras.ts';
import { fileHash } from '../storage/hash.ts';
import { loraCardKey, loraKey } from '../storage/keys.ts';
import { readSafetensorsHeader } from '../storage/safetensors.ts';
import type { Staged } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import type { Training } from './training.ts';

/**
 * What is written together with COMPLETED: the next version of the character's LoRA, its file, and a card beside it that
 * tells where it came from. The file is checked before; the version is only taken when the job is still ours.
 */
export async function finishTraining(job: Training, finished: { path: string; finalLoss: number }) {
  await readSafetensorsHeader(finished.path);
  const file = await fileHash(finished.path);
  const family = await trainingFamily(job.training.baseModel);
  // It goes with the folder of the attempt, when it is not placed.
  const staged = await storage.stage(finished.path);
  const { steps } = job.training.config;
  return async (tx: Tx) => {
    await keepTrainedLora(tx, job, { ...file, staged, family, step: steps, finalLoss: finished.finalLoss });
  };
}

type Trained = {
  staged: Staged;
  bytes: number;
  sha256: string;
  family: string;
  /** After which the weights were taken, and the loss of it. */
  step: number;
  finalLoss: number | null;
};

/** The next version of the character's LoRA. Its place is after the job's lock, if that is wanted. */
export async function keepTrainedLora(tx: Tx, job: Training, { staged, ...trained }: Trained) {
  const { characterId, baseModel, triggerWord, config, number, datasetSnapshotId } = job.training;
  const version = await takeVersion(tx, characterId);
  const { name } = one(await tx.select().from(characters).where(eq(characters.id, characterId)));
  const lora = await addLora(tx, {
    ...trained,
    characterId,
    version,
    jobId: job.id,
    name: `${name} v${version}`,
    baseModel,
    triggerWord,
    rank: config.rank,
  });
  const dataset = await tx
    .select({ sha256: datasetSnapshotImages.sha256, caption: datasetSnapshotImages.caption })
    .from(datasetSnapshotImages)
    .where(eq(datasetSnapshotImages.snapshotId, datasetSnapshotId))
    .orderBy(datasetSnapshotImages.position);
  const card = {
    ...lora,
    engine: job.engine,
    training: { number, config },
    dataset: { id: datasetSnapshotId, images: dataset },
  };
  await staged.place(loraKey(lora));
  failpoint('job.result-kept');
  await storage.write(loraCardKey(lora), `${JSON.stringify(card, null, 2)}\n`);
  return lora;
}
