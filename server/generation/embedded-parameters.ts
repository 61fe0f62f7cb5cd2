import type { generations } from '#schema/generation.ts';
import type { Lora } from '../loras/loras.ts';

type Made = {
  generation: typeof generations.$inferSelect;
  loras: { lora: Lora; strength: number }[];
  index: number;
  seed: number;
};

/**
 * What stands in each PNG. `isengard` is ours: everything needed to make the image again, and where its LoRAs came from.
 * `parameters` is the text that other tools of the field write and read.
 */
export function embeddedParameters({ generation, loras, index, seed }: Made): Record<string, string> {
  const { jobId, seed: firstSeed, ...parameters } = generation;
  const lineage = loras.map(({ lora, strength }) => ({
    loraId: lora.id,
    name: lora.name,
    sha256: lora.sha256,
    characterId: lora.characterId,
    trainingId: lora.jobId,
    strength,
  }));
  const { prompt, negativePrompt, steps, sampler, scheduler, guidanceScale, width, height, baseModel } =
    parameters;
  const settings = [
    `Steps: ${steps}`,
    `Sampler: ${sampler}`,
    `Schedule type: ${scheduler}`,
    `CFG scale: ${guidanceScale}`,
    `Seed: ${seed}`,
    `Size: ${width}x${height}`,
    `Model: ${baseModel}`,
  ].join(', ');
  return {
    isengard: JSON.stringify({ generationId: jobId, index, seed, firstSeed, ...parameters, loras: lineage }),
    parameters: [prompt, ...(negativePrompt ? [`Negative prompt: ${negativePrompt}`] : []), settings].join(
      '\n',
    ),
  };
}
