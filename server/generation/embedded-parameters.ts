import type { generations } from '#schema/generation.ts';
import type { Lora } from '../loras/loras.ts';
import type { PlannedImage } from './planned-images.ts';

type Made = {
  generation: typeof generations.$inferSelect;
  image: PlannedImage;
  /** Of the generation, by position. */
  loras: Lora[];
};

/**
 * What stands in each PNG. `isengard` is ours: everything needed to make the image again, and where its LoRAs came from.
 * `parameters` is the text that other tools of the field write and read. Both have the texts that it was really made with.
 */
export function embeddedParameters({ generation, image, loras }: Made): Record<string, string> {
  const { jobId, seed: firstSeed, grid: _, ...parameters } = generation;
  const { index, prompt, negativePrompt, seed } = image;
  const lineage = image.loras.flatMap(({ position, strength }) => {
    const lora = loras[position];
    if (lora === undefined) return [];
    const { id: loraId, name, sha256, characterId, jobId: trainingId } = lora;
    return [{ loraId, name, sha256, characterId, trainingId, strength }];
  });
  const { steps, sampler, scheduler, guidanceScale, width, height, baseModel } = parameters;
  const settings = [
    `Steps: ${steps}`,
    `Sampler: ${sampler}`,
    `Schedule type: ${scheduler}`,
    `CFG scale: ${guidanceScale}`,
    `Seed: ${seed}`,
    `Size: ${width}x${height}`,
    `Model: ${baseModel}`,
  ].join(', ');
  const own = { prompt, negativePrompt, index, seed, firstSeed, loras: lineage };
  return {
    isengard: JSON.stringify({ generationId: jobId, ...parameters, ...own }),
    parameters: [prompt, ...(negativePrompt ? [`Negative prompt: ${negativePrompt}`] : []), settings].join(
      '\n',
    ),
  };
}
