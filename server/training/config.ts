import { z } from 'zod';
import type { TrainingConfig } from '#schema/training.ts';
import {
  checkParameters,
  pickBaseModel,
  trainingCapabilities,
  UnsupportedParameter,
} from '../capabilities.ts';
import type { BaseModel } from '../engines/engine.ts';
import { isStorable, parseInput, UNSTORABLE } from '../errors.ts';
import { randomSeed } from '../seed.ts';
import { completeConfig, type PresetName } from './presets.ts';

export type StartTrainingInput = {
  characterId: string;
  baseModel?: string | null;
  preset?: PresetName | null;
  config?: { [Name in keyof TrainingConfig]?: TrainingConfig[Name] | null } | null;
};

const SamplePrompts = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'Must not be empty.')
      .max(1000, 'Must have at most 1000 characters.')
      .refine(isStorable, UNSTORABLE),
  )
  .max(5, 'Must be at most 5 prompts.');

/** The configuration that the engine will be given, every value of it checked against what the engine can do. */
export async function checkedConfig(input: StartTrainingInput) {
  const { baseModels, parameters } = await trainingCapabilities();
  const model = pickBaseModel(baseModels, input.baseModel);

  const given: Partial<TrainingConfig> = Object.fromEntries(
    Object.entries(input.config ?? {}).filter(([, value]) => value != null),
  );
  const preset = input.preset ?? 'balanced';
  const config = completeConfig(preset, given, randomSeed());
  checkParameters(parameters, config, 'config.');
  checkLacks(model, given, config);
  const { config: checked } = parseInput(z.object({ config: z.object({ samplePrompts: SamplePrompts }) }), {
    config,
  });
  return { baseModel: model.id, preset, config: { ...config, ...checked } };
}

/**
 * What would do nothing with this model is refused, as what the engine cannot do at all. An alpha that is the rank asks for nothing:
 * it is what forms send that nobody has touched.
 */
function checkLacks({ lacks }: BaseModel, given: Partial<TrainingConfig>, { rank }: TrainingConfig) {
  const values: Record<string, unknown> = given.alpha === rank ? { ...given, alpha: null } : given;
  const lack = lacks.find(({ parameter }) => values[parameter] != null);
  if (lack) throw new UnsupportedParameter(`config.${lack.parameter}`, lack.reason);
}
