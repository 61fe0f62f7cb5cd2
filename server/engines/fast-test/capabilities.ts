import type { BaseModel, GenerationCapabilities, TrainingCapabilities } from '../engine.ts';
import { generationParameters, toggles } from './generation-parameters.ts';
import { trainingParameters } from './training-parameters.ts';

const ENGINE = { engine: 'fast-test', label: 'Fast test' };

const BASE_MODELS: BaseModel[] = [
  {
    id: 'fast-test',
    label: 'Fast test',
    description:
      'A tiny model that learns in seconds on any computer. For trying things out, not for real pictures.',
    resolutions: [1024, 768, 512],
    family: 'fast-test',
    defaults: {},
    lacks: [],
    unsupported: null,
  },
];

export const trainingCapabilities: TrainingCapabilities = {
  ...ENGINE,
  baseModels: BASE_MODELS,
  parameters: trainingParameters,
};

export const generationCapabilities: GenerationCapabilities = {
  ...ENGINE,
  baseModels: BASE_MODELS,
  parameters: generationParameters,
  toggles,
};
