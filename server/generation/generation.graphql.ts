import type { ImageSource } from '#schema/generation.ts';
import { builder } from '../builder.ts';
import { UnsupportedParameter } from '../capabilities.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { followJob } from '../jobs/job-lists.ts';
import { JobState } from '../jobs/job-types.graphql.ts';
import { ASPECT_PRESETS, type AspectPreset } from './aspect-presets.ts';
import { findGeneration, isGeneration, repeatGeneration, startGeneration } from './generation.ts';
import {
  ControlNetMode,
  Generation,
  GenerationConnection,
  Output,
  OutputConnection,
} from './generation-types.graphql.ts';
import { listGenerations } from './lists.ts';
import { findOutput, listOutputs } from './outputs.ts';

const AspectPresetRef = builder.objectRef<AspectPreset>('AspectPreset').implement({
  description:
    'A size that the models are good at. Scale by 0.75 or 1.25 and round to 16 px for other qualities.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Such as `4:5`.' }),
    width: t.exposeInt('width', { description: 'Pixels.' }),
    height: t.exposeInt('height', { description: 'Pixels.' }),
  }),
});
builder.queryField('aspectPresets', (t) =>
  t.field({ type: [AspectPresetRef], resolve: () => [...ASPECT_PRESETS] }),
);

builder.queryField('generation', (t) =>
  t.field({
    type: Generation,
    nullable: true,
    args: { id: t.arg.id() },
    resolve: (_, { id }) => findGeneration(id),
  }),
);
builder.queryField('generations', (t) =>
  t.connection(
    {
      type: Generation,
      description: 'Generations, the newest first.',
      args: {
        characterId: t.arg.id({ required: false }),
        states: t.arg({ type: [JobState], required: false, description: 'Any when left out.' }),
      },
      resolve: (_, args) => listGenerations(args),
    },
    GenerationConnection,
  ),
);

builder.queryField('output', (t) =>
  t.field({ type: Output, nullable: true, args: { id: t.arg.id() }, resolve: (_, { id }) => findOutput(id) }),
);
builder.queryField('outputs', (t) =>
  t.connection(
    {
      type: Output,
      description: 'Generated images, the newest first.',
      args: {
        characterId: t.arg.id({ required: false }),
        loraId: t.arg.id({ required: false }),
        generationId: t.arg.id({ required: false }),
      },
      resolve: (_, args) => listOutputs(args),
    },
    OutputConnection,
  ),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const optional = { required: false } as const;

const LoraUseInput = builder.inputType('LoraUseInput', {
  fields: (t) => ({ loraId: t.id(), strength: t.float({ defaultValue: 0.8, description: 'From 0 to 2.' }) }),
});

const ImageSourceInput = builder.inputType('ImageSourceInput', {
  description: 'A picture of ours: exactly one of them.',
  isOneOf: true,
  fields: (t) => ({
    imageId: t.id({ ...optional, description: 'A photo of a character.' }),
    outputId: t.id({ ...optional, description: 'A generated image.' }),
    referenceImageId: t.id({ ...optional, description: 'One that `uploadReferenceImage` took.' }),
  }),
});

const ControlNetInput = builder.inputType('ControlNetInput', {
  description: 'Follow the structure of a reference image.',
  fields: (t) => ({
    mode: t.field({ type: ControlNetMode }),
    reference: t.field({ type: ImageSourceInput }),
    strength: t.float({ defaultValue: 1, description: 'From 0 to 2.' }),
  }),
});
const IpAdapterInput = builder.inputType('IpAdapterInput', {
  description: 'Take over the look of a reference image.',
  fields: (t) => ({
    reference: t.field({ type: ImageSourceInput }),
    weight: t.float({ defaultValue: 0.7, description: 'From 0 to 2.' }),
  }),
});
const FaceDetailerInput = builder.inputType('FaceDetailerInput', {
  description: 'Paint faces once more, finer.',
  fields: (t) => ({
    denoise: t.float({ defaultValue: 0.4, description: 'From 0 to 1: how much of them is new.' }),
  }),
});
const UpscaleInput = builder.inputType('UpscaleInput', {
  description: 'Enlarge what was generated.',
  fields: (t) => ({ factor: t.int({ defaultValue: 2, description: '2 or 4.' }) }),
});

const StartGenerationInput = builder.inputType('StartGenerationInput', {
  description: '`capabilities.generation` has the range and default of each, and what the engine cannot do.',
  fields: (t) => ({
    prompt: t.string({ description: '1 to 2000 characters.' }),
    negativePrompt: t.string({ ...optional, description: 'At most 1000 characters.' }),
    width: t.int({ ...optional, description: '256 to 2048 px, a multiple of 8.' }),
    height: t.int({ ...optional, description: '256 to 2048 px, a multiple of 8.' }),
    steps: t.int({ ...optional, description: 'Sampler steps, 1 to 100.' }),
    guidanceScale: t.float({ ...optional, description: '1 to 20.' }),
    seed: t.field({
      type: 'Seed',
      ...optional,
      description: 'Of image 0; drawn when left out. Image i has `seed + i`.',
    }),
    count: t.int({ ...optional, description: '1 to 16 images.' }),
    sampler: t.string(optional),
    scheduler: t.string(optional),
    baseModel: t.string({ ...optional, description: 'That of the first LoRA when left out.' }),
    loras: t.field({ type: [LoraUseInput], ...optional, description: 'At most 4, applied in this order.' }),
    controlNet: t.field({ type: ControlNetInput, ...optional }),
    ipAdapter: t.field({ type: IpAdapterInput, ...optional }),
    faceDetailer: t.field({ type: FaceDetailerInput, ...optional }),
    upscale: t.field({ type: UpscaleInput, ...optional }),
  }),
});

type SourceInput = { imageId?: string | null; outputId?: string | null; referenceImageId?: string | null };

/** `@oneOf` lets exactly one through, so the last that is left is it. */
function sourceOf({ imageId, outputId, referenceImageId }: SourceInput): ImageSource {
  if (imageId != null) return { kind: 'image', id: imageId };
  if (outputId != null) return { kind: 'output', id: outputId };
  return { kind: 'reference_image', id: referenceImageId ?? '' };
}

const withSource = <Toggle extends { reference: SourceInput }>(toggle: Toggle | null | undefined) =>
  toggle == null ? null : { ...toggle, reference: sourceOf(toggle.reference) };

const errors = {
  types: [NotFound, InvalidInput, UnsupportedParameter],
  dataField: { name: 'generation' },
} as const;

builder.mutationField('startGeneration', (t) =>
  t.field({
    type: Generation,
    description: 'Puts a batch of images in line.',
    args: { input: t.arg({ type: StartGenerationInput }) },
    errors: { ...errors, types: [...errors.types] },
    resolve: (_, { input: { controlNet, ipAdapter, upscale, ...input } }) =>
      startGeneration({
        ...input,
        controlNet: withSource(controlNet),
        ipAdapter: withSource(ipAdapter),
        // The engine's own data says which factors there are; what it does not name is refused by it.
        upscale: upscale == null ? null : { factor: upscale.factor as 2 | 4 },
      }),
  }),
);

const RepeatGenerationInput = builder.inputType('RepeatGenerationInput', {
  fields: (t) => ({
    generationId: t.id(),
    newSeed: t.boolean({
      defaultValue: false,
      description: 'Draw another seed: images like these, but not the same.',
    }),
  }),
});
builder.mutationField('repeatGeneration', (t) =>
  t.field({
    type: Generation,
    description: 'The same parameters again.',
    args: { input: t.arg({ type: RepeatGenerationInput }) },
    errors: { ...errors, types: [...errors.types] },
    resolve: (_, { input: { generationId, newSeed } }) => repeatGeneration(generationId, { newSeed }),
  }),
);

builder.subscriptionField('generationUpdates', (t) =>
  t.field({
    type: Generation,
    nullable: true,
    description:
      'The generation as it is, then after each change, until it has ended. Null when there is none.',
    args: { generationId: t.arg.id() },
    subscribe: (_, { generationId }) => followJob(generationId),
    resolve: (job) => (isGeneration(job) ? job : null),
  }),
);
