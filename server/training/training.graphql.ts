import { inArray, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { builder, UserErrorInterface } from '../builder.ts';
import { UnsupportedParameter } from '../capabilities.ts';
import { Character } from '../characters/characters.graphql.ts';
import { db } from '../db.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { followJob, listJobsOfKind } from '../jobs/job-lists.ts';
import { JobState } from '../jobs/job-types.graphql.ts';
import { JobHasNotEnded, jobsByIds } from '../jobs/jobs.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { QuotaExceeded } from '../quotas.ts';
import { IdentityScoreRef } from './checkpoint-types.graphql.ts';
import { TooFewImages } from './dataset.ts';
import { scoresOfLoras } from './identity-loads.ts';
import { PreflightFailed } from './preflight.ts';
import { findTraining, isTraining, NoCheckpoint, resumeTraining, startTraining } from './training.ts';
import {
  LearningRateScheduler,
  Optimizer,
  Precision,
  TrainingMethod,
  TrainingPresetName,
} from './training-config.graphql.ts';
import { Training, TrainingConnection } from './training-types.graphql.ts';

builder.objectType(TooFewImages, {
  name: 'TooFewImages',
  description: 'The character has fewer photos than a training needs.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    have: t.exposeInt('have', { description: 'Photos that it has.' }),
    need: t.exposeInt('need', { description: 'Photos that it needs at least.' }),
  }),
});

builder.objectType(NoCheckpoint, {
  name: 'NoCheckpoint',
  description:
    'There is nothing to go on with: the training has no checkpoint left, or the newest one is of its last step.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    training: t.field({
      type: Training,
      description: 'The one that was to be resumed.',
      resolve: ({ trainingId }) => trainingId,
    }),
  }),
});

builder.queryField('training', (t) =>
  t.field({
    type: Training,
    nullable: true,
    guard: 'read',
    description: 'The training with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the training.' }) },
    resolve: (_, { id }) => findTraining(id),
  }),
);

builder.queryField('trainings', (t) =>
  t.connection(
    {
      type: Training,
      guard: 'read',
      description: 'Trainings, the newest first.',
      args: {
        characterId: t.arg.id({ required: false, description: 'Only of this character; any when left out.' }),
        states: t.arg({ type: [JobState], required: false, description: 'Any when left out.' }),
      },
      resolve: (_, args) => listJobsOfKind(isTraining, { ...args, kind: 'training' }),
    },
    TrainingConnection,
  ),
);

builder.objectField(Lora, 'training', (t) =>
  t.field({
    type: Training,
    nullable: true,
    description: 'The training that made it; null when that was deleted.',
    resolve: ({ jobId }) => jobId,
  }),
);

builder.objectField(Lora, 'identity', (t) =>
  t.loadable({
    type: IdentityScoreRef,
    nullable: true,
    description:
      'How much the samples nearest to its step are like the photos of its training; null when there are none, or they were not compared.',
    load: (ids: string[]) => scoresOfLoras(ids),
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
);

builder.objectField(Character, 'lastTraining', (t) =>
  t.loadable({
    type: Training,
    nullable: true,
    description: 'The one that was started last; null when there is none.',
    load: async (ids: string[]) => {
      const rows = await db
        .selectDistinctOn([jobs.characterId], { id: jobs.id, characterId: jobs.characterId })
        .from(jobs)
        .where(sql`${inArray(jobs.characterId, ids)} and ${jobs.kind} = 'training'`)
        .orderBy(jobs.characterId, sql`${jobs.id} desc`);
      const trainings = (await jobsByIds(rows.map(({ id }) => id))).filter(isTraining);
      const last = new Map(trainings.map((training) => [training.characterId, training]));
      return ids.map((id) => last.get(id) ?? null);
    },
    loaderOptions: { cache: false },
    resolve: ({ id }) => id,
  }),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const optional = { required: false } as const;
const TrainingConfigInput = builder.inputType('TrainingConfigInput', {
  description:
    'What differs from the preset: a value that is left out is that of the preset, and the defaults below are those of CUSTOM. `capabilities.training.parameters` has what this engine takes.',
  fields: (t) => ({
    method: t.field({ type: TrainingMethod, ...optional, description: 'LORA by default.' }),
    steps: t.int({
      ...optional,
      description: 'Optimizer steps, 1 to 20000, fewer than 100 only on fast-test; 1000 by default.',
    }),
    learningRate: t.float({
      ...optional,
      description: 'At its height, 0.000001 to 0.01; 0.0001 by default.',
    }),
    batchSize: t.int({ ...optional, description: 'Photos a step, 1 to 8; 1 by default.' }),
    resolution: t.int({ ...optional, description: '512, 768 or 1024 px a side; 1024 by default.' }),
    rank: t.int({ ...optional, description: 'How much the LoRA can hold, 4 to 128; 16 by default.' }),
    alpha: t.int({
      ...optional,
      description:
        'Scale of the weights, which act by alpha / rank; 1 to 128, the same as `rank` by default.',
    }),
    optimizer: t.field({ type: Optimizer, ...optional, description: 'ADAMW8BIT by default.' }),
    scheduler: t.field({ type: LearningRateScheduler, ...optional, description: 'CONSTANT by default.' }),
    precision: t.field({ type: Precision, ...optional, description: 'BF16 by default.' }),
    gradientAccumulation: t.int({
      ...optional,
      description: 'Batches whose gradients make one step, 1 to 8; 1 by default.',
    }),
    captionDropout: t.float({
      ...optional,
      description: 'Share of steps without caption, 0 to 1; 0.05 by default.',
    }),
    sampleEvery: t.int({ ...optional, description: 'Steps between samples, 10 to 1000; 100 by default.' }),
    samplePrompts: t.stringList({
      ...optional,
      description:
        'At most 5 of 1 to 1000 characters, none for no samples; built-in ones by default. `{trigger}` stands for the trigger word.',
    }),
    checkpointEvery: t.int({
      ...optional,
      description: 'Steps between checkpoints, 50 to 2000; 250 by default.',
    }),
    keepCheckpoints: t.int({
      ...optional,
      description: 'How many checkpoints are kept, the newest ones, 1 to 10; 2 by default.',
    }),
    seed: t.field({
      type: 'Seed',
      ...optional,
      description: 'Of all that is random in the training, 0 to 2^53 − 1; drawn by default.',
    }),
  }),
});

export const StartTrainingInput = builder.inputType('StartTrainingInput', {
  description: 'Whom to learn, for which base model, and how.',
  fields: (t) => ({
    characterId: t.id({ description: 'Whom to learn: it needs at least one photo.' }),
    baseModel: t.string({
      ...optional,
      description: 'One of `capabilities.training.baseModels`; the first when left out.',
    }),
    preset: t.field({ type: TrainingPresetName, ...optional, description: 'BALANCED when left out.' }),
    config: t.field({
      type: TrainingConfigInput,
      ...optional,
      description: 'What differs from the preset; nothing when left out.',
    }),
  }),
});
builder.mutationField('startTraining', (t) =>
  t.field({
    type: Training,
    guard: 'write:jobs',
    description: 'Puts a training in line, with the photos and captions that the character has now.',
    args: { input: t.arg({ type: StartTrainingInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, PreflightFailed, QuotaExceeded, TooFewImages, UnsupportedParameter],
      dataField: { name: 'training', description: 'As it was put in line.' },
    },
    resolve: (_, args) => startTraining(args.input, askedFor('startTraining', args)),
  }),
);

const ResumeTrainingInput = builder.inputType('ResumeTrainingInput', {
  description: 'Which training is gone on with.',
  fields: (t) => ({ trainingId: t.id({ description: 'Of a training that has ended early.' }) }),
});
builder.mutationField('resumeTraining', (t) =>
  t.field({
    type: Training,
    guard: 'write:jobs',
    description:
      'A new training that goes on from the newest checkpoint of one that failed or was cancelled.',
    args: { input: t.arg({ type: ResumeTrainingInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS, JobHasNotEnded, NoCheckpoint, QuotaExceeded],
      dataField: { name: 'training', description: 'The new one, as it was put in line.' },
    },
    resolve: (_, args) => resumeTraining(args.input.trainingId, askedFor('resumeTraining', args)),
  }),
);

builder.subscriptionField('trainingUpdates', (t) =>
  t.field({
    type: Training,
    nullable: true,
    guard: 'read',
    description:
      'The training as it is, then after each change, until it has ended. Null when there is none.',
    args: { trainingId: t.arg.id({ description: 'Of the training.' }) },
    subscribe: (_, { trainingId }) => followJob(trainingId),
    resolve: (job) => (isTraining(job) ? job : null),
  }),
);
