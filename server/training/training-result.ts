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
import { storage } from '../storage/volume.ts';
import type { Training } from './training.ts';

/**
 * What is written together with COMPLETED: the next version of the character's LoRA, its file, and a card beside it that
 * tells where it came from. The file is checked before; the version is only taken when the job is still ours.
 */
export async function finishTraining(job: Training, finished: { path: string; finalLoss: number }) {
  await readSafetensorsHeader(finished.path);
  const { bytes, sha256 } = await fileHash(finished.path);
  const { characterId, baseModel, triggerWord, config, number, datasetSnapshotId } = job.training;
  const family = await trainingFamily(baseModel);
  // It goes with the folder of the attempt, when it is not placed.
  const staged = await storage.stage(finished.path);

  return async (tx: Tx) => {
    const version = await takeVersion(tx, characterId);
    const { name } = one(await tx.select().from(characters).where(eq(characters.id, characterId)));
    const lora = await addLora(tx, {
      characterId,
      version,
      jobId: job.id,
      name: `${name} v${version}`,
      baseModel,
      family,
      triggerWord,
      rank: config.rank,
      bytes,
      sha256,
      finalLoss: finished.finalLoss,
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
  };
}
