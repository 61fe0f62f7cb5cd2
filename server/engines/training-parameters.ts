import type { Parameter, TrainingConfig } from './engine.ts';
import { choice, float, integer, text } from './parameters.ts';

const LEARNING = 'Learning';
const LORA = 'LoRA';
const DATA = 'Photos and captions';
const WATCHING = 'Samples and checkpoints';

type Own = {
  minSteps: number;
  /** What a parameter does with this engine, where that differs. */
  words?: Partial<Record<keyof TrainingConfig, string>>;
};

/** The parameters of a training, one for each field of its config, as an engine takes them. */
export const trainingParametersOf = ({ minSteps, words = {} }: Own): Parameter[] => [
  choice({
    ...{ name: 'method', label: 'Method', group: LORA, isAdvanced: true },
    description: words.method ?? 'What is trained: a low-rank adapter of the base model.',
    options: { lora: 'LoRA' },
    default: 'lora',
  }),
  integer({
    ...{ name: 'steps', label: 'Steps', group: LEARNING, unit: 'steps' },
    description: words.steps ?? 'How long it learns. Too few miss the likeness, too many copy the photos.',
    ...{ minimum: minSteps, maximum: 20_000, default: 1000 },
  }),
  float({
    ...{ name: 'learningRate', label: 'Learning rate', group: LEARNING },
    description:
      words.learningRate ??
      'How far each step moves the weights. Higher learns faster, too high never settles.',
    ...{ minimum: 1e-6, maximum: 1e-2, default: 1e-4 },
  }),
  integer({
    ...{ name: 'batchSize', label: 'Batch size', group: LEARNING, unit: 'photos', isAdvanced: true },
    description: words.batchSize ?? 'Photos that one step looks at together. More is steadier and slower.',
    ...{ minimum: 1, maximum: 8, default: 1 },
  }),
  integer({
    ...{ name: 'gradientAccumulation', label: 'Gradient accumulation', group: LEARNING, isAdvanced: true },
    description: words.gradientAccumulation ?? 'Batches that are summed up before the weights move.',
    ...{ minimum: 1, maximum: 8, default: 1 },
  }),
  choice({
    ...{ name: 'optimizer', label: 'Optimizer', group: LEARNING, isAdvanced: true },
    description:
      words.optimizer ?? 'The rule that turns gradients into changes. Prodigy finds its step size by itself.',
    options: { adamw8bit: 'AdamW 8-bit', adamw: 'AdamW', prodigy: 'Prodigy' },
    default: 'adamw8bit',
  }),
  choice({
    ...{ name: 'scheduler', label: 'Learning rate scheduler', group: LEARNING, isAdvanced: true },
    description: words.scheduler ?? 'How the learning rate changes during the training.',
    options: {
      constant: 'Constant',
      cosine: 'Cosine',
      cosine_with_restarts: 'Cosine with restarts',
      linear: 'Linear',
    },
    default: 'constant',
  }),
  choice({
    ...{ name: 'precision', label: 'Precision', group: LEARNING, isAdvanced: true },
    description:
      words.precision ?? 'The numbers that a step computes with; the weights themselves are kept in FP32.',
    options: { bf16: 'BF16', fp16: 'FP16', fp32: 'FP32' },
    default: 'bf16',
  }),
  integer({
    ...{ name: 'rank', label: 'Rank', group: LORA },
    description: words.rank ?? 'How much the LoRA can hold. More photos need a higher rank.',
    ...{ minimum: 4, maximum: 128, default: 16 },
  }),
  float({
    ...{ name: 'alpha', label: 'Alpha', group: LORA, isAdvanced: true },
    description:
      words.alpha ??
      'How strongly the LoRA counts: alpha / rank. Usually equal to the rank, which it follows when left empty.',
    ...{ minimum: 1, maximum: 128, default: null },
  }),
  choice({
    ...{ name: 'resolution', label: 'Resolution', group: DATA, unit: 'px' },
    description: words.resolution ?? 'The side at which photos are read. Lower sees fewer details.',
    options: { 512: '512 × 512', 768: '768 × 768', 1024: '1024 × 1024' },
    default: '1024',
  }),
  float({
    ...{ name: 'captionDropout', label: 'Caption dropout', group: DATA, isAdvanced: true },
    description:
      words.captionDropout ??
      'The share of looks at a photo without its caption. 0 leaves all to the words, 1 nothing.',
    ...{ minimum: 0, maximum: 1, step: 0.01, default: 0.05 },
  }),
  integer({
    ...{ name: 'seed', label: 'Seed', group: LEARNING, isAdvanced: true },
    description:
      words.seed ??
      'Decides all that is random. The same seed and photos give the same LoRA; empty takes a new one.',
    ...{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: null },
  }),
  integer({
    ...{ name: 'sampleEvery', label: 'Sample every', group: WATCHING, unit: 'steps' },
    description: words.sampleEvery ?? 'How often sample images are drawn, and after the last step.',
    ...{ minimum: 10, maximum: 1000, default: 100 },
  }),
  text({
    ...{ name: 'samplePrompts', label: 'Sample prompts', group: WATCHING },
    description: words.samplePrompts ?? 'Up to five, one per line; {trigger} stands for the trigger word.',
    ...{ maxLength: 10_000, default: 'a photo of {trigger}' },
  }),
  integer({
    ...{
      name: 'checkpointEvery',
      label: 'Checkpoint every',
      group: WATCHING,
      unit: 'steps',
      isAdvanced: true,
    },
    description:
      words.checkpointEvery ?? 'How often the weights are saved so that the training can go on from there.',
    ...{ minimum: 50, maximum: 2000, default: 250 },
  }),
  integer({
    ...{ name: 'keepCheckpoints', label: 'Checkpoints kept', group: WATCHING, isAdvanced: true },
    description: words.keepCheckpoints ?? 'How many of the newest checkpoints are kept.',
    ...{ minimum: 1, maximum: 10, default: 2 },
  }),
];
