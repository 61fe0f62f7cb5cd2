import {
  learningRateScheduler,
  optimizer,
  precision,
  type TrainingConfig,
  trainingMethod,
  trainingPreset,
} from '#schema/training.ts';
import { builder, enumFrom } from '../builder.ts';
import { JobErrorRef } from '../jobs/job-types.graphql.ts';

export const TrainingPresetName = enumFrom(
  'TrainingPresetName',
  trainingPreset,
  'A set of good values for one aim.',
  {
    quick: 'A first look: 500 steps at 768 px, rank 8.',
    balanced: 'Right for most characters: 1000 steps at 1024 px, rank 16. The default.',
    quality: 'The finest likeness, for 20 and more photos: 2000 steps at 1024 px, rank 32, Prodigy.',
    custom: 'Every value from its own default.',
  },
);
export const TrainingMethod = enumFrom(
  'TrainingMethod',
  trainingMethod,
  'What kind of weights are trained.',
  {
    lora: 'A low-rank adapter beside the base model.',
  },
);
export const Optimizer = enumFrom('Optimizer', optimizer, 'The rule that turns gradients into steps.', {
  adamw8bit: 'AdamW with its state in 8 bits: the least memory. The default.',
  adamw: 'AdamW with its state in full.',
  prodigy: 'Finds its step size by itself; the learning rate only scales it.',
});
export const LearningRateScheduler = enumFrom(
  'LearningRateScheduler',
  learningRateScheduler,
  'How the learning rate runs over the steps.',
  {
    constant: 'Stays as it is.',
    cosine: 'Falls to nothing along half a wave.',
    cosine_with_restarts: 'Falls along half a wave, several times.',
    linear: 'Falls to nothing along a line.',
  },
);
export const Precision = enumFrom('Precision', precision, 'Number format of the weights while training.', {
  bf16: '16 bits with the range of 32. The default.',
  fp16: '16 bits, for cards without BF16.',
  fp32: '32 bits: the most memory.',
});

export const TrainingConfigRef = builder.objectRef<TrainingConfig>('TrainingConfig').implement({
  description: 'Everything that steers a training, as it was given to the engine.',
  fields: (t) => ({
    method: t.expose('method', { type: TrainingMethod }),
    steps: t.exposeInt('steps', { description: 'Optimizer steps.' }),
    learningRate: t.exposeFloat('learningRate', {
      description: 'At its height; the scheduler runs it from there.',
    }),
    batchSize: t.exposeInt('batchSize', { description: 'Photos a step.' }),
    resolution: t.exposeInt('resolution', { description: 'Pixels a side that photos are brought to.' }),
    rank: t.exposeInt('rank', { description: 'Rank of the low-rank weights: how much they can hold.' }),
    alpha: t.exposeInt('alpha', { description: 'Scale of the weights: they act by alpha / rank.' }),
    optimizer: t.expose('optimizer', { type: Optimizer }),
    scheduler: t.expose('scheduler', { type: LearningRateScheduler }),
    precision: t.expose('precision', { type: Precision }),
    gradientAccumulation: t.exposeInt('gradientAccumulation', {
      description: 'Batches whose gradients make one step.',
    }),
    captionDropout: t.exposeFloat('captionDropout', {
      description: 'Share of steps without caption, from 0 to 1.',
    }),
    sampleEvery: t.exposeInt('sampleEvery', { description: 'Steps between samples.' }),
    samplePrompts: t.exposeStringList('samplePrompts', {
      description: '`{trigger}` stands for the trigger word.',
    }),
    checkpointEvery: t.exposeInt('checkpointEvery', { description: 'Steps between checkpoints.' }),
    keepCheckpoints: t.exposeInt('keepCheckpoints', {
      description: 'How many checkpoints are kept, the newest ones.',
    }),
    seed: t.expose('seed', { type: 'Seed', description: 'Of all that is random in the training.' }),
  }),
});

const TrainingConfigChange = builder.objectRef<Partial<TrainingConfig>>('TrainingConfigChange').implement({
  description: 'Values of a `TrainingConfig` that should be others. What is null stays as it is.',
  fields: (t) => ({
    steps: t.exposeInt('steps', { nullable: true }),
    learningRate: t.exposeFloat('learningRate', { nullable: true }),
    batchSize: t.exposeInt('batchSize', { nullable: true }),
    resolution: t.exposeInt('resolution', { nullable: true }),
    rank: t.exposeInt('rank', { nullable: true }),
    alpha: t.exposeInt('alpha', { nullable: true }),
    optimizer: t.expose('optimizer', { type: Optimizer, nullable: true }),
    precision: t.expose('precision', { type: Precision, nullable: true }),
    gradientAccumulation: t.exposeInt('gradientAccumulation', { nullable: true }),
    sampleEvery: t.exposeInt('sampleEvery', { nullable: true }),
    checkpointEvery: t.exposeInt('checkpointEvery', { nullable: true }),
    keepCheckpoints: t.exposeInt('keepCheckpoints', { nullable: true }),
  }),
});

builder.objectField(JobErrorRef, 'suggestion', (t) =>
  t.field({
    type: TrainingConfigChange,
    nullable: true,
    description:
      'With which config the training may go well: start it again with its own config and these values. Null when no value would help.',
    resolve: ({ suggestion }) => suggestion ?? null,
  }),
);
