import { loraKindOf } from '../../storage/lora-kind.ts';
import type { BaseModel, GenerationRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { bounded } from './failures.ts';

/** Null when a file does not say it for certain. Throws what is wrong with a file that is no LoRA. */
export type LoraFamily = (path: string) => Promise<string | null>;

/** ComfyUI leaves out tensors that fit nothing, and the images look as if there were no LoRA: that is found here, before. */
export async function checkLoras(
  { config, loras }: Pick<GenerationRun, 'config' | 'loras'>,
  baseModels: BaseModel[],
  familyOf: LoraFamily,
): Promise<void> {
  const wanted = baseModels.find(({ id }) => id === config.baseModel);
  for (const { path } of loras) {
    const family = await familyOf(path).catch((cause: unknown) => {
      throw invalid(cause instanceof Error ? bounded(cause.message) : 'It cannot be read.');
    });
    if (family === null || wanted === undefined || family === wanted.family) continue;
    throw invalid(`It is made for ${family}, and ${wanted.label} is ${wanted.family}.`);
  }
}

const invalid = (why: string) =>
  new EngineFailure({
    code: 'INVALID_LORA',
    message: `A LoRA cannot be used: ${why}`,
    advice: 'Choose a LoRA and a base model of the same family.',
  });

/** By its tensors. What the metadata alone say, which anybody may have written, refuses nothing. */
export const familyByTensors: LoraFamily = async (path) => {
  const { family, isSure } = await loraKindOf(path);
  return isSure ? family : null;
};
