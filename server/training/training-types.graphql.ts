import { and, eq, inArray } from 'drizzle-orm';
import { datasetSnapshots, samples } from '#schema/training.ts';
import { builder } from '../builder.ts';
import { db } from '../db.ts';
import { GpuRef, JobEvent, jobEventType } from '../jobs/job-events.graphql.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import { jobsByIds } from '../jobs/jobs.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { Checkpoint } from './checkpoint-types.graphql.ts';
import { identityProblemOf } from './identity-lack.ts';
import { checkpointById, checkpointsOfJobs, findCheckpoint } from './identity-loads.ts';
import { type Metric, metricsOf } from './metrics.ts';
import { Sample, SampleConnection } from './sample-types.graphql.ts';
import { samplesOf } from './samples.ts';
import { isTraining } from './training.ts';
import { TrainingConfigRef, TrainingPresetName } from './training-config.graphql.ts';
import { imageCountsOfSnapshots, lastLorasOf } from './training-loads.ts';

export const DatasetSnapshot = builder.loadableObject('DatasetSnapshot', {
  description: 'The photos and captions that a training learned from, as they were when it was started.',
  load: (ids: string[]) => db.select().from(datasetSnapshots).where(inArray(datasetSnapshots.id, ids)),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    imageCount: t.loadable({
      type: 'Int',
      description: 'How many photos it holds, also of those that were deleted since.',
      load: (ids: string[]) => imageCountsOfSnapshots(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
  }),
});

const MetricRef = builder.objectRef<Metric>('Metric').implement({
  description: 'One point of the loss curve.',
  fields: (t) => ({
    step: t.exposeInt('step', { description: 'From 1.' }),
    loss: t.exposeFloat('loss', { description: 'As measured at this step.' }),
    smoothedLoss: t.exposeFloat('smoothedLoss', {
      description: 'Exponential moving average over all steps before (0.9).',
    }),
    learningRate: t.exposeFloat('learningRate', { description: 'At this step.' }),
  }),
});

export const Training = builder.loadableObject('Training', {
  description: 'One run of the training engine that turns the photos of a character into a LoRA.',
  interfaces: [Job],
  load: async (ids: string[]) => (await jobsByIds(ids)).filter(isTraining),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    number: t.int({
      description: 'The nth training of its character, from 1.',
      resolve: ({ training }) => training.number,
    }),
    baseModel: t.string({
      description: 'Id of a `BaseModel`.',
      resolve: ({ training }) => training.baseModel,
    }),
    preset: t.field({
      type: TrainingPresetName,
      description: 'What filled in the values that were not given.',
      resolve: ({ training }) => training.preset,
    }),
    config: t.field({
      type: TrainingConfigRef,
      description: 'With every value, whether given or filled in.',
      resolve: ({ training }) => training.config,
    }),
    triggerWord: t.string({
      description: 'As it was when the training was started.',
      resolve: ({ training }) => training.triggerWord,
    }),
    dataset: t.field({
      type: DatasetSnapshot,
      description: 'What it learns from.',
      resolve: ({ training }) => training.datasetSnapshotId,
    }),
    loss: t.float({
      nullable: true,
      description: 'Of the newest step; null before the first.',
      resolve: ({ training }) => training.loss,
    }),
    learningRate: t.float({
      nullable: true,
      description: 'Of the newest step; null before the first.',
      resolve: ({ training }) => training.learningRate,
    }),
    gpu: t.field({
      type: GpuRef,
      nullable: true,
      description: 'Null when the engine has told nothing of it, or uses none.',
      resolve: ({ training }) => training.gpu,
    }),
    metrics: t.field({
      type: [MetricRef],
      description: 'The loss curve from the first step to the newest, thinned on the server.',
      args: {
        points: t.arg.int({
          defaultValue: 500,
          description:
            'At most so many points, 10 to 5000; 500 when left out. The nearest limit stands for one beyond.',
        }),
      },
      resolve: ({ id }, { points }) => metricsOf(id, Math.min(5000, Math.max(10, points))),
    }),
    samples: t.connection(
      {
        type: Sample,
        description: 'By step, then by prompt; at most 500 a page.',
        resolve: ({ id }, args) => samplesOf(id, args),
      },
      SampleConnection,
    ),
    checkpoints: t.loadableList({
      type: Checkpoint,
      description: 'Those that are kept, the newest first.',
      load: (ids: string[]) => checkpointsOfJobs(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    bestCheckpoint: t.field({
      type: Checkpoint,
      nullable: true,
      description: 'The one whose samples are most like the photos, so far; null without scores.',
      resolve: ({ id }) => findCheckpoint(id, ({ isBest }) => isBest),
    }),
    identityProblem: t.string({
      nullable: true,
      description:
        'Why samples are not compared with the photos, in one sentence for people; null when they are, or when it is not known yet.',
      resolve: ({ training }) => identityProblemOf(training),
    }),
    resumedFrom: t.field({
      type: Checkpoint,
      nullable: true,
      description:
        'Where this training went on from, when it resumed another one; null when that was deleted since.',
      resolve: ({ training }) =>
        training.resumedFromId === null ? null : checkpointById(training.resumedFromId),
    }),
    lora: t.loadable({
      type: Lora,
      nullable: true,
      description: 'What it made; null until it is completed, or when the LoRA was deleted.',
      load: (ids: string[]) => lastLorasOf(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
  }),
});

export const TrainingConnection = builder.connectionObject(
  { type: Training, name: 'TrainingConnection' },
  { name: 'TrainingEdge' },
);

type SampleName = { jobId: string; data: { step: number; promptIndex: number } };

const sampleOf = async ({ jobId, data: { step, promptIndex } }: SampleName) =>
  (
    await db
      .select()
      .from(samples)
      .where(and(eq(samples.jobId, jobId), eq(samples.step, step), eq(samples.promptIndex, promptIndex)))
  )[0];

jobEventType('sample').implement({
  description: 'A sample image was made.',
  interfaces: [JobEvent],
  fields: (t) => ({
    sample: t.field({
      type: Sample,
      nullable: true,
      description: 'Null when a resumed attempt is about to make it again.',
      resolve: sampleOf,
    }),
  }),
});

jobEventType('score').implement({
  description: 'A sample image was compared with the photos.',
  interfaces: [JobEvent],
  fields: (t) => ({
    sample: t.field({
      type: Sample,
      nullable: true,
      description: 'With its score; null when a resumed attempt is about to make it again.',
      resolve: sampleOf,
    }),
  }),
});

jobEventType('checkpoint').implement({
  description: 'The weights were saved.',
  interfaces: [JobEvent],
  fields: (t) => ({
    step: t.int({ description: 'After which they were saved.', resolve: ({ data }) => data.step }),
    checkpoint: t.field({
      type: Checkpoint,
      nullable: true,
      description: 'Null when it was pruned since.',
      resolve: ({ jobId, data }) => findCheckpoint(jobId, ({ step }) => step === data.step),
    }),
  }),
});
