import type { BaseModel } from '../engines/engine.ts';
import { InvalidInput } from '../errors.ts';
import type { LoraKind } from '../storage/lora-kind.ts';
import type { Lora } from './loras.ts';

type Guess = Pick<LoraKind, 'family' | 'isSure'>;

/**
 * For which base model an uploaded LoRA is: the file's own word counts where it is sure, `wanted` where it is not. A guess is only
 * proposed, because a LoRA that is kept for another family than its own never works, and nobody sees why.
 */
export function baseModelFor({ family, isSure }: Guess, wanted: string | null, all: BaseModel[]): BaseModel {
  const there = `Known here: ${all.map(({ id }) => id).join(', ')}.`;
  if (wanted !== null) {
    const model = all.find(({ id }) => id === wanted);
    if (model === undefined) throw refused(`There is no base model of this name. ${there}`);
    if (isSure && family !== model.family)
      throw refused(`The file is a LoRA for ${family}, and ${model.label} is not of that family.`);
    return model;
  }
  const ofFamily = all.filter((model) => model.family === family);
  const model = ofFamily.find(({ unsupported }) => unsupported === null) ?? ofFamily[0];
  if (model !== undefined && isSure) return model;
  if (model !== undefined)
    throw refused(`The file looks as if it were for ${model.label}, and that is not sure: name it. ${there}`);
  if (family !== null && isSure)
    throw refused(`The file is a LoRA for ${family}, and no base model here is of that family. ${there}`);
  throw refused(`The file does not show for which base model it is; name it. ${there}`);
}

/** Whether a LoRA that is kept already changes its base model to `wanted`: who named it may have been wrong, the file cannot. */
export function changesBaseModel(lora: Lora, { isSure }: Guess, wanted: string | null): boolean {
  if (wanted === null || wanted === lora.baseModel) return false;
  if (!isSure && lora.origin === 'uploaded') return true;
  throw refused(`This LoRA is here already, and it is for ${lora.baseModel}.`);
}

const refused = (message: string) => new InvalidInput([{ field: 'baseModel', message }]);
