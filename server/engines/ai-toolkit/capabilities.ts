import type { BaseModel, TrainingCapabilities } from '../engine.ts';
import { TRAINABLE_MODELS } from './families.ts';
import { trainingParameters } from './training-parameters.ts';

/** The same whether or not AI-Toolkit is installed where they are asked for: trainings may run on another machine. */
export const trainingCapabilities: TrainingCapabilities = {
  engine: 'ai-toolkit',
  label: 'AI-Toolkit',
  baseModels: TRAINABLE_MODELS.map(
    ({ id, label, description, resolutions, family, licence, hasAlpha }): BaseModel => ({
      id,
      label,
      description: `${description} Licence: ${licence.name}${
        licence.isGated ? ', to be accepted on Hugging Face first (HF_TOKEN)' : ''
      }.`,
      resolutions,
      family,
      defaults: {},
      lacks: hasAlpha
        ? []
        : [{ parameter: 'alpha', reason: `LoRAs of ${label} have none, so it is always the rank.` }],
      unsupported: null,
    }),
  ),
  parameters: trainingParameters,
};
