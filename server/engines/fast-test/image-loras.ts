import type { GenerationImage } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import type { Weighted } from './dream.ts';
import { isBadFile, type Lora, readLora } from './lora-file.ts';

/** Reads each LoRA of a run once, before the first image. Resolves to those of one image, in their order. */
export async function lorasOfImages(
  images: GenerationImage[],
  log: (message: string) => Promise<void>,
): Promise<(image: GenerationImage) => Weighted[]> {
  const files = new Map<string, Lora>();
  const told = new Set<string>();
  for (const { path, strength } of images.flatMap(({ loras }) => loras)) {
    const lora = files.get(path) ?? (await loadLora(path));
    files.set(path, lora);
    const message = `LoRA "${lora.metadata.get('modelspec.title') ?? path}" at strength ${strength}.`;
    if (!told.has(message)) await log(message);
    told.add(message);
  }
  return ({ loras }) =>
    loras.flatMap(({ path, strength, triggerWord }) => {
      const lora = files.get(path);
      return lora === undefined ? [] : [{ lora, strength, triggerWord: triggerWord ?? lora.triggerWord }];
    });
}

async function loadLora(path: string) {
  try {
    return await readLora(path);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isBadFile(error) && !isMissing) throw error;
    const why = isMissing ? 'The file does not exist.' : error.message;
    const advice = 'Choose a LoRA that was trained with this engine.';
    throw new EngineFailure({
      code: 'INVALID_LORA',
      message: `The LoRA ${path} cannot be used: ${why}`,
      advice,
    });
  }
}
