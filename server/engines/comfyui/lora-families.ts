import { loraKindOf } from '../../storage/lora-kind.ts';
import type { BaseModel, GenerationRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { bounded } from './failures.ts';

/** What a graph has to know of a LoRA. `family`: null when the file does not say it for certain. */
export type LoraFacts = { family: string | null; reachesText: boolean };
/** Throws what is wrong with a file that is no LoRA. */
export type ReadLora = (path: string) => Promise<LoraFacts>;

/** ComfyUI leaves out tensors that fit nothing, and the images look as if there were no LoRA: that is found here, before. In the order of `loras`. */
export async function checkLoras(
  { config, loras }: Pick<GenerationRun, 'config' | 'loras'>,
  baseModels: BaseModel[],
  readLora: ReadLora,
): Promise<LoraFacts[]> {
  const wanted = baseModels.find(({ id }) => id === config.baseModel);
  const facts: LoraFacts[] = [];
  for (const { path } of loras) {
    const lora = await readLora(path).catch((cause: unknown) => {
      throw invalid(cause instanceof Error ? bounded(cause.message) : 'It cannot be read.');
    });
    if (lora.family !== null && wanted !== undefined && lora.family !== wanted.family)
      throw invalid(`It is made for ${lora.family}, and ${wanted.label} is ${wanted.family}.`);
    facts.push(lora);
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
