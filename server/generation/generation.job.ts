import { eq } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { db } from '../db.ts';
import { type GenerationImage, type GenerationRun, generationEngine } from '../engines/engine.ts';
import { mapReferences } from '../engines/references.ts';
import { EngineEndedEarly } from '../jobs/failures.ts';
import type { Handler } from '../jobs/run.ts';
import type { Lora } from '../loras/loras.ts';
import { loraKey } from '../storage/keys.ts';
import { storage } from '../storage/volume.ts';
import { isGeneration, lorasOf } from './generation.ts';
import { recordGeneration } from './generation-record.ts';
import { pathOfSource } from './image-sources.ts';
import { type PlannedImage, plannedImages } from './planned-images.ts';

/** Drives the generation engine of the job and records what it tells. Images that exist already are not made again. */
export const generationJob: Handler = async (run) => {
  const { job, signal } = run;
  if (!isGeneration(job)) throw new Error(`Job ${job.id} is not a generation.`);
  const { generation } = job;
  const loras = await lorasOf(job.id);
  const images = await plannedImages(job.id);
  const earlier = await db.select({ index: outputs.index }).from(outputs).where(eq(outputs.jobId, job.id));
  const done = new Set(earlier.map(({ index }) => index));
  const missing = images.filter(({ index }) => !done.has(index));

  const { baseModel, width, height, steps, guidanceScale, sampler, scheduler } = generation;
  const config: GenerationRun = {
    jobId: job.id,
    config: { baseModel, width, height, steps, guidanceScale, sampler, scheduler },
    toggles: await mapReferences(generation.toggles, pathOfSource),
    images: await Promise.all(missing.map((image) => asEngineTakesIt(image, loras))),
    workDir: run.workDir,
  };
  const engine = await generationEngine(job.engine);
  const made = await recordGeneration(
    run,
    { generation, images, loras, done: done.size },
    engine.run(config, signal),
  );
  if (made < generation.count && !signal.aborted) throw new EngineEndedEarly();
  return async () => {};
};

const asEngineTakesIt = async (
  { index, prompt, negativePrompt, seed, loras: uses }: PlannedImage,
  loras: Lora[],
): Promise<GenerationImage> => ({
  ...{ index, prompt, negativePrompt, seed },
  loras: await Promise.all(
    uses.flatMap(({ position, strength }) => {
      const lora = loras[position];
      return lora === undefined ? [] : [fileOf(lora, strength)];
    }),
  ),
});

const fileOf = async (lora: Lora, strength: number) => ({
  path: await storage.localPath(loraKey(lora)),
  sha256: lora.sha256,
  strength,
  triggerWord: lora.triggerWord,
});
