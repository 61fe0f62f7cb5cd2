import { type Parameter, textOf } from '../parameters/parameter.ts';
import { type Aspect, sizeOf } from './aspect.ts';
import type { Draft, Facts } from './draft.ts';
import type { LoraOption } from './lora-option.ts';

export type Model = {
  id: string;
  label: string;
  family: string;
  resolutions: readonly number[];
  defaults: Record<string, unknown>;
  lacks: readonly { parameter: string; reason: string }[];
  unsupported?: string | null | undefined;
};

/** The side for which the aspect presets are made. */
const PRESET_SIDE = 1024;

/** The one that is drawn with: as chosen, else that of the first LoRA, else the first that can be used. */
export const modelOf = (
  models: readonly Model[],
  draft: Pick<Draft, 'baseModel' | 'loras'>,
  loras: readonly Pick<LoraOption, 'id' | 'baseModel'>[],
) =>
  models.find(({ id }) => id === draft.baseModel) ??
  models.find(({ id }) => id === loras.find((lora) => lora.id === draft.loras[0]?.loraId)?.baseModel) ??
  models.find(({ unsupported }) => unsupported == null) ??
  models[0];

/** What the engine can do with this model: what that one lacks, at the sizes and with the values that suit it. */
export function factsWith(model: Model | undefined, facts: Facts): Facts {
  if (model === undefined) return facts;
  const lackOf = (name: string) => model.lacks.find(({ parameter }) => parameter === name)?.reason ?? null;
  return {
    ...facts,
    baseModel: model.id,
    parameters: facts.parameters.map((parameter) => ({
      ...withDefault(parameter, model.defaults[parameter.name]),
      unsupported: parameter.unsupported ?? lackOf(parameter.name),
    })),
    toggles: facts.toggles.map((toggle) => ({
      ...toggle,
      unsupported: toggle.unsupported ?? lackOf(toggle.name),
    })),
    aspects: facts.aspects.map((aspect) => scaled(aspect, model.resolutions[0] ?? PRESET_SIDE)),
  };
}

function withDefault(parameter: Parameter, value: unknown): Parameter {
  if (value == null) return parameter;
  if (parameter.__typename === 'NumberParameter') return { ...parameter, defaultNumber: Number(value) };
  return parameter.__typename === 'ChoiceParameter'
    ? { ...parameter, defaultChoice: textOf(value) }
    : parameter;
}

const scaled = (aspect: Aspect, side: number): Aspect => ({
  ...aspect,
  ...sizeOf(aspect, side / PRESET_SIDE),
});
