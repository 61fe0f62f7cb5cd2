import type { TrainingConfig, trainingPreset } from '#schema/training.ts';

export type PresetName = (typeof trainingPreset.enumValues)[number];
/** `alpha` follows `rank`, and the seed is drawn, unless they are given. */
type Choice = Omit<TrainingConfig, 'alpha' | 'seed'>;
export type Preset = { name: PresetName; label: string; description: string; config: TrainingConfig };

export const DEFAULT_CONFIG: Choice = {
  method: 'lora',
  steps: 1000,
  learningRate: 1e-4,
  batchSize: 1,
  resolution: 1024,
  rank: 16,
  optimizer: 'adamw8bit',
  scheduler: 'constant',
  precision: 'bf16',
  gradientAccumulation: 1,
  captionDropout: 0.05,
  sampleEvery: 100,
  samplePrompts: [
    'a photo of {trigger}',
    'a portrait of {trigger}, soft window light',
    'a photo of {trigger} outdoors, golden hour',
  ],
  checkpointEvery: 250,
  keepCheckpoints: 2,
};

/** Where the word that calls the character stands in a prompt or a caption. */
export const expandTrigger = (text: string, triggerWord: string) =>
  text.replaceAll('{trigger}', triggerWord).replaceAll('[trigger]', triggerWord);

const preset = (name: PresetName, label: string, description: string, choice: Partial<Choice>): Preset => {
  const config = { ...DEFAULT_CONFIG, ...choice };
  return { name, label, description, config: { ...config, alpha: config.rank, seed: 0 } };
};

export const PRESETS: readonly Preset[] = [
  preset(
    'quick',
    'Quick',
    'A first look within the shortest time: enough to see whether the photos are good.',
    {
      steps: 500,
      learningRate: 2e-4,
      rank: 8,
      resolution: 768,
      scheduler: 'constant',
    },
  ),
  preset('balanced', 'Balanced', 'A good likeness in reasonable time. Right for most characters.', {
    steps: 1000,
    learningRate: 1e-4,
    rank: 16,
    resolution: 1024,
    scheduler: 'cosine',
  }),
  preset('quality', 'Quality', 'The finest likeness, for 20 and more good photos. Takes the longest.', {
    steps: 2000,
    learningRate: 5e-5,
    rank: 32,
    resolution: 1024,
    optimizer: 'prodigy',
    scheduler: 'cosine_with_restarts',
  }),
  preset('custom', 'Custom', 'Every parameter by hand, from its default.', {}),
];

/** What the caller gave, completed by the preset. */
export function completeConfig(
  name: PresetName,
  given: Partial<TrainingConfig>,
  seed: number,
): TrainingConfig {
  const base = PRESETS.find((candidate) => candidate.name === name)?.config ?? DEFAULT_CONFIG;
  const rank = given.rank ?? base.rank;
  return { ...base, rank, alpha: rank, seed, ...given };
}
