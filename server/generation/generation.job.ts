import { eq } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { db } from '../db.ts';
import { type GenerationRun, generationEngine } from '../engines/engine.ts';
import { mapReferences } from '../engines/references.ts';
import { EngineEndedEarly } from '../jobs/failures.ts';
import type { Handler } from '../jobs/run.ts';
import { loraKey } from '../storage/keys.ts';
import { storage } from '../storage/volume.ts';
import { isGeneration, lorasOf } from './generation.ts';
import { recordGeneration } from './generation-record.ts';
import { pathOfSource } from './image-sources.ts';

/** Drives the generation engine of the job and records what it tells. Images that exist already are not made again. */
export const generationJob: Handler = async (run) => {
  const { job, signal } = run;
  if (!isGeneration(job)) throw new Error(`Job ${job.id} is not a generation.`);
  const { generation } = job;
  const loras = await lorasOf(job.id);
  const earlier = await db.select({ index: outputs.index }).from(outputs).where(eq(outputs.jobId, job.id));
  const done = new Set(earlier.map(({ index }) => index));
  const { prompt, negativePrompt, seed, count } = generation;
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !done.has(index));
  const files = await Promise.all(
    loras.map(async ({ lora, strength }) => ({
      path: await storage.localPath(loraKey(lora)),
      sha256: lora.sha256,
      strength,
      triggerWord: lora.triggerWord,
    })),
  );

  const config: GenerationRun = {
    jobId: job.id,
    config: generation,
    toggles: await mapReferences(generation.toggles, pathOfSource),
    images: missing.map((index) => ({ index, prompt, negativePrompt, seed: seed + index, loras: files })),
    workDir: run.workDir,
  };
  const engine = await generationEngine(job.engine);
  const made = await recordGeneration(
    run,
    { generation, loras, done: done.size },
    engine.run(config, signal),
  );
  if (made < generation.count && !signal.aborted) throw new EngineEndedEarly();
  return async () => {};
};
