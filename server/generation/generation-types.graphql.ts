import { and, asc, eq, sql } from 'drizzle-orm';
import { controlNetMode, type GenerationToggles, type generationLoras, outputs } from '#schema/generation.ts';
import { jobEvents } from '#schema/jobs.ts';
import { builder, enumFrom } from '../builder.ts';
import { db } from '../db.ts';
import { JobEvent, jobEventType } from '../jobs/job-events.graphql.ts';
import { Job } from '../jobs/job-types.graphql.ts';
import { hasEnded, jobsByIds } from '../jobs/jobs.ts';
import { Lora } from '../loras/loras.graphql.ts';
import { THUMBNAIL_DESCRIPTION, ThumbnailSize, thumbnailUrl } from '../thumbnail-url.ts';
import { type Generation as GenerationJob, isGeneration, loraUsesOf } from './generation.ts';
import { urlOfSource } from './image-sources.ts';
import { outputsByIds } from './outputs.ts';

export const ControlNetMode = enumFrom(
  'ControlNetMode',
  controlNetMode,
  'What of the reference image steers.',
);

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

type Toggle<Name extends keyof GenerationToggles> = NonNullable<GenerationToggles[Name]>;
const REFERENCE_DESCRIPTION =
  'Path of the reference image, relative to the server; null when it was deleted since.';

const ControlNetUse = builder.objectRef<Toggle<'controlNet'>>('ControlNetUse').implement({
  fields: (t) => ({
    mode: t.expose('mode', { type: ControlNetMode }),
    referenceUrl: t.string({
      nullable: true,
      description: REFERENCE_DESCRIPTION,
      resolve: ({ reference }) => urlOfSource(reference),
    }),
    strength: t.exposeFloat('strength'),
  }),
});
const IpAdapterUse = builder.objectRef<Toggle<'ipAdapter'>>('IpAdapterUse').implement({
  fields: (t) => ({
    referenceUrl: t.string({
      nullable: true,
      description: REFERENCE_DESCRIPTION,
      resolve: ({ reference }) => urlOfSource(reference),
    }),
    weight: t.exposeFloat('weight'),
  }),
});
const FaceDetailerUse = builder.objectRef<Toggle<'faceDetailer'>>('FaceDetailerUse').implement({
  fields: (t) => ({ denoise: t.exposeFloat('denoise') }),
});
const UpscaleUse = builder.objectRef<Toggle<'upscale'>>('UpscaleUse').implement({
  fields: (t) => ({ factor: t.exposeInt('factor') }),
});

export const Output = builder.loadableObject('Output', {
  description: 'An image that was generated.',
  load: (ids: string[]) => outputsByIds(ids),
  sort: ({ id }) => id,
  fields: (t) => ({
    id: t.exposeID('id'),
    index: t.exposeInt('index', { description: 'Place in its batch, from 0.' }),
    seed: t.expose('seed', { type: 'Seed', description: 'That this image was made with.' }),
    width: t.exposeInt('width', { description: 'Pixels, upscaling included.' }),
    height: t.exposeInt('height', { description: 'Pixels, upscaling included.' }),
    bytes: t.expose('bytes', { type: 'Bytes' }),
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
      args: { size: t.arg({ type: ThumbnailSize, defaultValue: 'small' }) },
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
  description: 'One run of the generation engine that makes a batch of images.',
  interfaces: [Job],
  fields: (t) => ({
    prompt: t.string({ resolve: ({ generation }) => generation.prompt }),
    negativePrompt: t.string({
      description: 'Empty when there is none.',
      resolve: ({ generation }) => generation.negativePrompt,
    }),
    width: t.int({ description: 'Pixels, before upscaling.', resolve: ({ generation }) => generation.width }),
    height: t.int({
      description: 'Pixels, before upscaling.',
      resolve: ({ generation }) => generation.height,
    }),
    samplingSteps: t.int({
      description: 'Sampler steps of each image; `steps` counts those of the whole batch.',
      resolve: ({ generation }) => generation.steps,
    }),
    guidanceScale: t.float({ resolve: ({ generation }) => generation.guidanceScale }),
    seed: t.field({
      type: 'Seed',
      description: 'Of image 0, as it was really used; image i has `seed + i`.',
      resolve: ({ generation }) => generation.seed,
    }),
    count: t.int({ resolve: ({ generation }) => generation.count }),
    sampler: t.string({ resolve: ({ generation }) => generation.sampler }),
    scheduler: t.string({ resolve: ({ generation }) => generation.scheduler }),
    baseModel: t.string({ resolve: ({ generation }) => generation.baseModel }),
    loras: t.field({ type: [LoraUse], resolve: ({ id }) => loraUsesOf(id) }),
    controlNet: t.field({
      type: ControlNetUse,
      nullable: true,
      resolve: ({ generation }) => generation.toggles.controlNet,
    }),
    ipAdapter: t.field({
      type: IpAdapterUse,
      nullable: true,
      resolve: ({ generation }) => generation.toggles.ipAdapter,
    }),
    faceDetailer: t.field({
      type: FaceDetailerUse,
      nullable: true,
      resolve: ({ generation }) => generation.toggles.faceDetailer,
    }),
    upscale: t.field({
      type: UpscaleUse,
      nullable: true,
      resolve: ({ generation }) => generation.toggles.upscale,
    }),
    outputs: t.field({
      type: [Output],
      description: 'The images made so far, by index; at most 16.',
      resolve: ({ id }) => db.select().from(outputs).where(eq(outputs.jobId, id)).orderBy(asc(outputs.index)),
    }),
    previews: t.field({
      type: [Preview],
      description: 'Of the images that are being sampled.',
      resolve: previewsOf,
    }),
  }),
});
export const GenerationConnection = builder.connectionObject(
  { type: Generation, name: 'GenerationConnection' },
  { name: 'GenerationEdge' },
);

builder.objectField(Output, 'generation', (t) =>
  t.field({ type: Generation, resolve: ({ jobId }) => jobId }),
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
    index: t.int({ resolve: ({ data }) => data.index }),
    url: t.string({ resolve: ({ jobId, data }) => previewUrl({ jobId, ...data }) }),
  }),
});
