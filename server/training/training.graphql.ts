import { inArray, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { builder, UserErrorInterface } from '../builder.ts';
import { UnsupportedParameter } from '../capabilities.ts';
import { Character } from '../characters/characters.graphql.ts';
import { db } from '../db.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { followJob } from '../jobs/job-lists.ts';
import { JobState } from '../jobs/job-types.graphql.ts';
import { JobHasNotEnded, jobsByIds } from '../jobs/jobs.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { TooFewImages } from './dataset.ts';
import { listTrainings } from './lists.ts';
import { findTraining, isTraining, NoCheckpoint, resumeTraining, startTraining } from './training.ts';
import {
  LearningRateScheduler,
  Optimizer,
  Precision,
  Training,
  TrainingConnection,
  TrainingMethod,
  TrainingPresetName,
} from './training-types.graphql.ts';

builder.objectType(TooFewImages, {
  name: 'TooFewImages',
  description: 'The character has fewer photos than a training needs.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ have: t.exposeInt('have'), need: t.exposeInt('need') }),
});

builder.objectType(NoCheckpoint, {
  name: 'NoCheckpoint',
  description: 'The training left no checkpoint to go on from, or it came to its end.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ training: t.field({ type: Training, resolve: ({ trainingId }) => trainingId }) }),
});

builder.queryField('training', (t) =>
  t.field({
    type: Training,
    nullable: true,
    args: { id: t.arg.id() },
    resolve: (_, { id }) => findTraining(id),
  }),
);

builder.queryField('trainings', (t) =>
  t.connection(
    {
      type: Training,
      description: 'Trainings, the newest first.',
      args: {
        characterId: t.arg.id({ required: false }),
        states: t.arg({ type: [JobState], required: false, description: 'Any when left out.' }),
      },
      resolve: (_, args) => listTrainings(args),
    },
    TrainingConnection,
  ),
);

builder.objectField(Lora, 'training', (t) =>
  t.field({
    type: Training,
    nullable: true,
    description: 'The training that made it.',
    resolve: ({ jobId }) => jobId,
  }),
);

builder.objectField(Character, 'lastTraining', (t) =>
  t.loadable({
    type: Training,
    nullable: true,
    description: 'The one that was started last.',
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
    resolve: ({ id }) => id,
  }),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const optional = { required: false } as const;
const TrainingConfigInput = builder.inputType('TrainingConfigInput', {
  description:
    'What differs from the preset. `capabilities.training.parameters` has the range and default of each.',
  fields: (t) => ({
    method: t.field({ type: TrainingMethod, ...optional }),
    steps: t.int(optional),
    learningRate: t.float(optional),
    batchSize: t.int(optional),
    resolution: t.int({ ...optional, description: 'Pixels a side.' }),
    rank: t.int(optional),
    alpha: t.int({ ...optional, description: 'The same as `rank` when left out.' }),
    optimizer: t.field({ type: Optimizer, ...optional }),
    scheduler: t.field({ type: LearningRateScheduler, ...optional }),
    precision: t.field({ type: Precision, ...optional }),
    gradientAccumulation: t.int(optional),
    captionDropout: t.float(optional),
    sampleEvery: t.int({ ...optional, description: 'Steps.' }),
    samplePrompts: t.stringList({
      ...optional,
      description: 'At most 5; `{trigger}` stands for the trigger word.',
    }),
    checkpointEvery: t.int({ ...optional, description: 'Steps.' }),
    keepCheckpoints: t.int(optional),
    seed: t.field({ type: 'Seed', ...optional, description: 'Drawn when left out.' }),
  }),
});

const StartTrainingInput = builder.inputType('StartTrainingInput', {
  fields: (t) => ({
    characterId: t.id(),
    baseModel: t.string({
      ...optional,
      description: 'One of `capabilities.training.baseModels`; the first when left out.',
    }),
    preset: t.field({ type: TrainingPresetName, ...optional, description: 'BALANCED when left out.' }),
    config: t.field({ type: TrainingConfigInput, ...optional }),
  }),
});
builder.mutationField('startTraining', (t) =>
  t.field({
    type: Training,
    description: 'Puts a training in line, with the photos and captions that the character has now.',
    args: { input: t.arg({ type: StartTrainingInput }) },
    errors: {
      types: [NotFound, InvalidInput, TooFewImages, UnsupportedParameter],
      dataField: { name: 'training' },
    },
    resolve: (_, { input }) => startTraining(input),
  }),
);

const ResumeTrainingInput = builder.inputType('ResumeTrainingInput', {
  fields: (t) => ({ trainingId: t.id() }),
});
builder.mutationField('resumeTraining', (t) =>
  t.field({
    type: Training,
    description:
      'A new training that goes on from the newest checkpoint of one that failed or was cancelled.',
    args: { input: t.arg({ type: ResumeTrainingInput }) },
    errors: { types: [NotFound, JobHasNotEnded, NoCheckpoint], dataField: { name: 'training' } },
    resolve: (_, { input }) => resumeTraining(input.trainingId),
  }),
);

builder.subscriptionField('trainingUpdates', (t) =>
  t.field({
    type: Training,
    nullable: true,
    description:
      'The training as it is, then after each change, until it has ended. Null when there is none.',
    args: { trainingId: t.arg.id() },
    subscribe: (_, { trainingId }) => followJob(trainingId),
    resolve: (job) => (isTraining(job) ? job : null),
  }),
);
