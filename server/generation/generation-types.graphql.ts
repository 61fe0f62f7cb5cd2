import { and, eq, sql } from 'drizzle-orm';
import { type generationLoras, outputs } from '#schema/generation.ts';
import { jobEvents } from '#schema/jobs.ts';
import { builder } from '../builder.ts';
import { db } from '../db.ts';
import { JobEvent, jobEventType } from '../jobs/job-events.graphql.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import { hasEnded, jobsByIds } from '../jobs/jobs.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { THUMBNAIL_DESCRIPTION, ThumbnailSize, thumbnailUrl } from '../thumbnail-url.ts';
import { type Generation as GenerationJob, isGeneration } from './generation.ts';
import { loraUsesOfJobs } from './lora-uses.ts';
import { outputsByIds, outputsOfJobs } from './outputs.ts';
import {
  ControlNetUse,
  FaceDetailerUse,
  InitImageUse,
  IpAdapterUse,
  UpscaleUse,
} from './toggle-types.graphql.ts';

const LoraUse = builder.objectRef<typeof generationLoras.$inferSelect>('LoraUse').implement({
  description: 'A LoRA in a generation.',
  fields: (t) => ({
    lora: t.field({
      type: Lora,
      nullable: true,
      description: 'Null when it was deleted since.',
      resolve: ({ loraId }) => loraId,
    }),
    name: t.exposeString('name', { description: 'As it was called then.' }),
    strength: t.exposeFloat('strength', { description: 'From 0 to 2.' }),
  }),
});

export const Output = builder.loadableObject('Output', {
  description: 'An image that was generated.',
  load: (ids: string[]) => outputsByIds(ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
  fields: (t) => ({
    id: t.exposeID('id'),
    index: t.exposeInt('index', { description: 'Place in its batch, from 0.' }),
    seed: t.expose('seed', { type: 'Seed', description: 'That this image was made with.' }),
    width: t.exposeInt('width', { description: 'Pixels, upscaling included.' }),
    height: t.exposeInt('height', { description: 'Pixels, upscaling included.' }),
    bytes: t.expose('bytes', { type: 'Bytes', description: 'Size of the PNG.' }),
    sha256: t.exposeString('sha256', { description: 'Of the file, in hex.' }),
    thumbHash: t.exposeString('thumbHash', {
      description: 'Base64 of a ThumbHash, the placeholder while it loads.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    url: t.string({
      description: 'Path of the PNG, with its parameters in it, relative to the server.',
      resolve: ({ id }) => `/files/outputs/${id}`,
    }),
    downloadUrl: t.string({
      description: 'The same, to be saved by a browser under a readable name.',
      resolve: ({ id }) => `/files/outputs/${id}?download`,
    }),
    thumbnailUrl: t.string({
      description: THUMBNAIL_DESCRIPTION,
      args: {
        size: t.arg({ type: ThumbnailSize, defaultValue: 'small', description: 'SMALL when left out.' }),
      },
      resolve: ({ id }, { size }) => thumbnailUrl('outputs', id, size),
    }),
  }),
});
export const OutputConnection = builder.connectionObject(
  { type: Output, name: 'OutputConnection' },
  { name: 'OutputEdge' },
);

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
      description: 'What to draw, 1 to 2000 characters.',
      resolve: ({ generation }) => generation.prompt,
    }),
    negativePrompt: t.string({
      description: 'What to stay away from, at most 1000 characters; empty when there is nothing.',
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
      description: 'Of image 0, as it was really used; image i has `seed + i`.',
      resolve: ({ generation }) => generation.seed,
    }),
    count: t.int({
      description: 'Images that were asked for, 1 to 16.',
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
      description: 'In the order in which they are applied; at most 4.',
      load: (ids: string[]) => loraUsesOfJobs(ids),
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
      description: 'The images made so far, by index; at most 16.',
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
      resolve: async ({ jobId, data }) =>
        (
          await db
            .select()
            .from(outputs)
            .where(and(eq(outputs.jobId, jobId), eq(outputs.index, data.index)))
        )[0],
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
