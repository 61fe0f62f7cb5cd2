import { loraKindOf } from '../../storage/lora-kind.ts';
import type { BaseModel, GenerationRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { bounded } from './failures.ts';

/** What a graph has to know of a LoRA. `family`: null when the file does not say it for certain. */
export type LoraFacts = { family: string | null; reachesText: boolean };
/** Throws what is wrong with a file that is no LoRA. */
export type ReadLora = (path: string) => Promise<LoraFacts>;

/** ComfyUI leaves out tensors that fit nothing, and the images look as if there were no LoRA: that is found here, before. Resolves to the facts of each, by its path. */
export async function checkLoras(
  { config, images }: Pick<GenerationRun, 'config' | 'images'>,
  baseModels: BaseModel[],
  readLora: ReadLora,
): Promise<Map<string, LoraFacts>> {
  const wanted = baseModels.find(({ id }) => id === config.baseModel);
  const facts = new Map<string, LoraFacts>();
  for (const { path } of images.flatMap(({ loras }) => loras)) {
    if (facts.has(path)) continue;
    const lora = await readLora(path).catch((cause: unknown) => {
      throw invalid(cause instanceof Error ? bounded(cause.message) : 'It cannot be read.');
    });
    if (lora.family !== null && wanted !== undefined && lora.family !== wanted.family)
      throw invalid(`It is made for ${lora.family}, and ${wanted.label} is ${wanted.family}.`);
    facts.set(path, lora);
  }
  return facts;
}

const invalid = (why: string) =>
  new EngineFailure({
    code: 'INVALID_LORA',
    message: `A LoRA cannot be used: ${why}`,
    advice: 'Choose a LoRA and a base model of the same family.',
  });

/** By its tensors. What the metadata alone say, which anybody may have written, refuses nothing. */
export const readByTensors: ReadLora = async (path) => {
  const { family, isSure, reachesText } = await loraKindOf(path);
  return { family: isSure ? family : null, reachesText };
};
