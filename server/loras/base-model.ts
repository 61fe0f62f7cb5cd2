import type { BaseModel } from '../engines/engine.ts';
import { InvalidInput } from '../errors.ts';
import type { LoraKind } from '../storage/lora-kind.ts';

type Guess = Pick<LoraKind, 'family' | 'isSure'>;

/** For which base model an uploaded LoRA is: the file's own word counts where it is sure, `wanted` where it is not. */
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
  if (model !== undefined) return model;
  throw refused(
    family === null
      ? `The file does not show for which base model it is; name it. ${there}`
      : `The file is a LoRA for ${family}, and no base model here is of that family. ${there}`,
  );
}

const refused = (message: string) => new InvalidInput([{ field: 'baseModel', message }]);
