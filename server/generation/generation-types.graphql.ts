import { and, eq, sql } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { jobEvents } from '#schema/jobs.ts';
import { builder } from '../builder.ts';
import { db } from '../db.ts';
import { JobEvent, jobEventType } from '../jobs/job-events.graphql.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import { hasEnded, jobsByIds } from '../jobs/jobs.ts';
import { type Generation as GenerationJob, isGeneration } from './generation.ts';
import { MOST_CELLS } from './grid.ts';
import { Grid } from './grid-types.graphql.ts';
import { LoraUse } from './lora-use-types.graphql.ts';
import { loraUsesOfJobs } from './lora-uses.ts';
import { gridsOfJobs } from './named-grids.ts';
import { Output } from './output-types.graphql.ts';
import { outputAt, outputsOfJobs } from './outputs.ts';
import {
  ControlNetUse,
  FaceDetailerUse,
  InitImageUse,
  IpAdapterUse,
  UpscaleUse,
} from './toggle-types.graphql.ts';

type PreviewData = { jobId: string; index: number; version: number };
const previewUrl = ({ jobId, index, version }: PreviewData) =>
  `/files/previews/${jobId}/${index}?version=${version}`;

const Preview = builder.objectRef<PreviewData>('Preview').implement({
  description: 'An image that is being sampled, as far as it is.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Place in its batch, from 0.' }),
    url: t.string({
      description: 'Path of a small WebP, relative to the server; gone when the job has ended.',
      resolve: previewUrl,
    }),
  }),
});

/** The newest preview of each image that is not there yet. */
async function previewsOf({ id, state }: GenerationJob): Promise<PreviewData[]> {
  if (hasEnded(state)) return [];
  const index = sql<number>`(${jobEvents.data} ->> 'index')::int`;
  const rows = await db
    .selectDistinctOn([index], { index, version: sql<number>`(${jobEvents.data} ->> 'version')::float8` })
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, id), eq(jobEvents.type, 'preview')))
    .orderBy(index, sql`${jobEvents.seq} desc`);
  const done = await db.select({ index: outputs.index }).from(outputs).where(eq(outputs.jobId, id));
  return rows
    .filter((row) => !done.some((output) => output.index === row.index))
    .map((row) => ({ jobId: id, ...row }));
}

export const Generation = builder.loadableObject('Generation', {
  load: async (ids: string[]) => (await jobsByIds(ids)).filter(isGeneration),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  description: 'One run of the generation engine that makes a batch of images.',
  interfaces: [Job],
  fields: (t) => ({
    prompt: t.string({
      description:
        'What to draw, 1 to 2000 characters, as it was written; `Output.prompt` is what it became. The first of a grid over prompts.',
      resolve: ({ generation }) => generation.prompt,
    }),
    negativePrompt: t.string({
      description:
        'What to stay away from, at most 1000 characters, as it was written; empty when there is nothing.',
      resolve: ({ generation }) => generation.negativePrompt,
    }),
    width: t.int({ description: 'Pixels, before upscaling.', resolve: ({ generation }) => generation.width }),
    height: t.int({
      description: 'Pixels, before upscaling.',
      resolve: ({ generation }) => generation.height,
    }),
    samplingSteps: t.int({
      description: 'Sampler steps of each image, 1 to 100; `steps` counts those of the whole batch.',
      resolve: ({ generation }) => generation.steps,
    }),
    guidanceScale: t.float({
      description: 'How strictly the prompt is followed, 1 to 20.',
      resolve: ({ generation }) => generation.guidanceScale,
    }),
    seed: t.field({
      type: 'Seed',
      description:
        'Of image 0, as it was really used. In a batch image i has `seed + i`; in a grid without seeds all have it.',
      resolve: ({ generation }) => generation.seed,
    }),
    count: t.int({
      description: 'Images that were asked for, 1 to 16; of a grid 1 to 64.',
      resolve: ({ generation }) => generation.count,
    }),
    sampler: t.string({
      description: 'How the noise is taken away, such as `euler`.',
      resolve: ({ generation }) => generation.sampler,
    }),
    scheduler: t.string({
      description: 'How the steps are spread over the levels of noise, such as `karras`.',
      resolve: ({ generation }) => generation.scheduler,
    }),
    baseModel: t.string({
      description: 'Id of a `BaseModel`.',
      resolve: ({ generation }) => generation.baseModel,
    }),
    loras: t.loadableList({
      type: LoraUse,
      description:
        'In the order in which they are applied; at most 4. In a grid over LoRAs the first is as it was given, and gives its place to the axis.',
      load: (ids: string[]) => loraUsesOfJobs(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    grid: t.loadable({
      type: Grid,
      nullable: true,
      description: 'What varies between its images; null for a batch.',
      load: (ids: string[]) => gridsOfJobs(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    initImage: t.field({
      type: InitImageUse,
      nullable: true,
      description: 'Null when it started from noise.',
      resolve: ({ generation }) => generation.toggles.initImage,
    }),
    controlNet: t.field({
      type: ControlNetUse,
      nullable: true,
      description: 'Null when it is off.',
      resolve: ({ generation }) => generation.toggles.controlNet,
    }),
    ipAdapter: t.field({
      type: IpAdapterUse,
      nullable: true,
      description: 'Null when it is off.',
      resolve: ({ generation }) => generation.toggles.ipAdapter,
    }),
    faceDetailer: t.field({
      type: FaceDetailerUse,
      nullable: true,
      description: 'Null when it is off.',
      resolve: ({ generation }) => generation.toggles.faceDetailer,
    }),
    upscale: t.field({
      type: UpscaleUse,
      nullable: true,
      description: 'Null when it is off.',
      resolve: ({ generation }) => generation.toggles.upscale,
    }),
    outputs: t.loadableList({
      type: Output,
      description:
        'The images made so far, by index; at most 16, of a grid 64. Those in the trash are left out: see `removedIndexes`.',
      complexity: { field: 1, multiplier: MOST_CELLS },
      load: (ids: string[]) => outputsOfJobs(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    previews: t.field({
      type: [Preview],
      description: 'The newest of each image that is being sampled; empty when the job has ended.',
      resolve: previewsOf,
    }),
  }),
});
export const GenerationConnection = builder.connectionObject(
  { type: Generation, name: 'GenerationConnection' },
  { name: 'GenerationEdge' },
);

builder.objectField(Output, 'generation', (t) =>
  t.field({ type: Generation, description: 'The run that made it.', resolve: ({ jobId }) => jobId }),
);

jobEventType('output').implement({
  description: 'An image was made.',
  interfaces: [JobEvent],
  fields: (t) => ({
    output: t.field({
      type: Output,
      nullable: true,
      description: 'Null when it was deleted since.',
      resolve: ({ jobId, data }) => outputAt(jobId, data.index),
    }),
  }),
});

jobEventType('preview').implement({
  description: 'An image that is being sampled got further. Twice a second at most.',
  interfaces: [JobEvent],
  fields: (t) => ({
    index: t.int({ description: 'Place in its batch, from 0.', resolve: ({ data }) => data.index }),
    url: t.string({
      description: 'Path of a small WebP, relative to the server; gone when the job has ended.',
      resolve: ({ jobId, data }) => previewUrl({ jobId, ...data }),
    }),
  }),
});
