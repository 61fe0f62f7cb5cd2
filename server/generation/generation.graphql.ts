import type { ImageSource } from '#schema/generation.ts';
import { builder } from '../builder.ts';
import { UnsupportedParameter } from '../capabilities.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import { followJob, listJobsOfKind } from '../jobs/job-lists.ts';
import { JobState } from '../jobs/job-types.graphql.ts';
import { QuotaExceeded } from '../quotas.ts';
import { ASPECT_PRESETS, type AspectPreset } from './aspect-presets.ts';
import { findGeneration, isGeneration, repeatGeneration, startGeneration } from './generation.ts';
import {
  ControlNetMode,
  Generation,
  GenerationConnection,
  Output,
  OutputConnection,
} from './generation-types.graphql.ts';
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
  t.field({
    type: [AspectPresetRef],
    guard: 'read',
    description: 'Sizes to choose from, the square first.',
    resolve: () => [...ASPECT_PRESETS],
  }),
);

builder.queryField('generation', (t) =>
  t.field({
    type: Generation,
    nullable: true,
    guard: 'read',
    description: 'The generation with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the generation.' }) },
    resolve: (_, { id }) => findGeneration(id),
  }),
);
builder.queryField('generations', (t) =>
  t.connection(
    {
      type: Generation,
      guard: 'read',
      description: 'Generations, the newest first.',
      args: {
        characterId: t.arg.id({ required: false, description: 'Only of this character; any when left out.' }),
        states: t.arg({ type: [JobState], required: false, description: 'Any when left out.' }),
      },
      resolve: (_, args) => listJobsOfKind(isGeneration, { ...args, kind: 'generation' }),
    },
    GenerationConnection,
  ),
);

builder.queryField('output', (t) =>
  t.field({
    type: Output,
    nullable: true,
    guard: 'read',
    description: 'The generated image with this id; null when there is none.',
    args: { id: t.arg.id({ description: 'Of the output.' }) },
    resolve: (_, { id }) => findOutput(id),
  }),
);
builder.queryField('outputs', (t) =>
  t.connection(
    {
      type: Output,
      guard: 'read',
      description: 'Generated images, the newest first.',
      args: {
        characterId: t.arg.id({ required: false, description: 'Only of this character; any when left out.' }),
        loraId: t.arg.id({ required: false, description: 'Only made with this LoRA; any when left out.' }),
        generationId: t.arg.id({
          required: false,
          description: 'Only of this generation; any when left out.',
        }),
      },
      resolve: (_, args) => listOutputs(args),
    },
    OutputConnection,
  ),
);

// ── Mutations ───────────────────────────────────────────────────────────────────────────────────────────────────────

const optional = { required: false } as const;

const LoraUseInput = builder.inputType('LoraUseInput', {
  description: 'A LoRA that a generation is to use.',
  fields: (t) => ({
    loraId: t.id({ description: 'It must be of the family of the base model.' }),
    strength: t.float({
      defaultValue: 0.8,
      description: 'How much it counts, 0 to 2; 0.8 when left out. 1 is as trained.',
    }),
  }),
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

const InitImageInput = builder.inputType('InitImageInput', {
  description:
    'Start from an image instead of noise (img2img), everywhere or where a mask is light (inpainting).',
  fields: (t) => ({
    reference: t.field({
      type: ImageSourceInput,
      description: 'Fitted to the size of the result by cropping.',
    }),
    mask: t.field({
      type: ImageSourceInput,
      ...optional,
      description:
        'Light where something new is to be, dark where the image stays; everywhere when left out.',
    }),
    denoise: t.float({
      defaultValue: 0.6,
      description: 'How much becomes new, 0 to 1; 0.6 when left out. 1 keeps nothing but the size.',
    }),
  }),
});
const ControlNetInput = builder.inputType('ControlNetInput', {
  description: 'Follow the structure of a reference image.',
  fields: (t) => ({
    mode: t.field({ type: ControlNetMode, description: 'What of the image is followed.' }),
    reference: t.field({ type: ImageSourceInput, description: 'The image that is followed.' }),
    strength: t.float({
      ...optional,
      description: 'How strictly, 0 to 2; when left out the default of `capabilities.generation.toggles`.',
    }),
    isMap: t.boolean({
      defaultValue: false,
      description:
        'The image is the skeleton, the depths or the edges already; when false, they are found in it. False when left out.',
    }),
  }),
});
const IpAdapterInput = builder.inputType('IpAdapterInput', {
  description: 'Take over the look of a reference image.',
  fields: (t) => ({
    reference: t.field({ type: ImageSourceInput, description: 'The image whose look is taken over.' }),
    weight: t.float({ defaultValue: 0.7, description: 'How much of the look, 0 to 2; 0.7 when left out.' }),
  }),
});
const FaceDetailerInput = builder.inputType('FaceDetailerInput', {
  description: 'Paint faces once more, finer.',
  fields: (t) => ({
    denoise: t.float({
      defaultValue: 0.4,
      description: 'How much of them is new, 0 to 1; 0.4 when left out.',
    }),
  }),
});
const UpscaleInput = builder.inputType('UpscaleInput', {
  description: 'Enlarge what was generated.',
  fields: (t) => ({
    factor: t.int({
      defaultValue: 2,
      description: '2 or 4: how many times longer each side becomes; 2 when left out.',
    }),
  }),
});

const OF_MODEL =
  "the base model's own when left out (`BaseModel.defaults`), or else the parameter's default.";

const StartGenerationInput = builder.inputType('StartGenerationInput', {
  description:
    'What to generate. `capabilities.generation` has what this engine takes, and what it cannot do.',
  fields: (t) => ({
    prompt: t.string({
      description: 'What to draw, 1 to 2000 characters. A trigger word calls its character.',
    }),
    negativePrompt: t.string({
      ...optional,
      description: 'What to stay away from, at most 1000 characters; nothing when left out.',
    }),
    width: t.int({ ...optional, description: `256 to 2048 px, a multiple of 8; ${OF_MODEL}` }),
    height: t.int({ ...optional, description: `256 to 2048 px, a multiple of 8; ${OF_MODEL}` }),
    steps: t.int({ ...optional, description: `Sampler steps of each image, 1 to 100; ${OF_MODEL}` }),
    guidanceScale: t.float({
      ...optional,
      description: `How strictly the prompt is followed, 1 to 20; ${OF_MODEL}`,
    }),
    seed: t.field({
      type: 'Seed',
      ...optional,
      description: 'Of image 0, 0 to 2^53 − `count`; drawn when left out. Image i has `seed + i`.',
    }),
    count: t.int({ ...optional, description: '1 to 16 images; 1 when left out.' }),
    sampler: t.string({
      ...optional,
      description: 'One of the `capabilities.generation.parameters`, which also have the default.',
    }),
    scheduler: t.string({
      ...optional,
      description: 'One of the `capabilities.generation.parameters`, which also have the default.',
    }),
    baseModel: t.string({
      ...optional,
      description:
        'One of `capabilities.generation.baseModels`; that of the first LoRA, or else the first, when left out.',
    }),
    loras: t.field({
      type: [LoraUseInput],
      ...optional,
      description: 'At most 4, applied in this order; none when left out.',
    }),
    initImage: t.field({
      type: InitImageInput,
      ...optional,
      description: 'Starts from noise when left out.',
    }),
    controlNet: t.field({ type: ControlNetInput, ...optional, description: 'Off when left out.' }),
    ipAdapter: t.field({ type: IpAdapterInput, ...optional, description: 'Off when left out.' }),
    faceDetailer: t.field({ type: FaceDetailerInput, ...optional, description: 'Off when left out.' }),
    upscale: t.field({ type: UpscaleInput, ...optional, description: 'Off when left out.' }),
  }),
});

type SourceInput = { imageId?: string | null; outputId?: string | null; referenceImageId?: string | null };

/** `@oneOf` lets exactly one through, so the last that is left is it. */
function sourceOf({ imageId, outputId, referenceImageId }: SourceInput): ImageSource {
  if (imageId != null) return { kind: 'image', id: imageId };
  if (outputId != null) return { kind: 'output', id: outputId };
  return { kind: 'reference_image', id: referenceImageId ?? '' };
}

const withSource = <Toggle extends { reference: SourceInput }>(toggle: Toggle) => ({
  ...toggle,
  reference: sourceOf(toggle.reference),
});

const errors = {
  types: [...KEY_ERRORS, QuotaExceeded, UnsupportedParameter],
  dataField: { name: 'generation', description: 'As it was put in line.' },
} as const;

builder.mutationField('startGeneration', (t) =>
  t.field({
    type: Generation,
    guard: 'write:jobs',
    description: 'Puts a batch of images in line.',
    args: { input: t.arg({ type: StartGenerationInput }), idempotencyKey: idempotencyKey(t) },
    errors: { ...errors, types: [...errors.types] },
    resolve: (_, args) => {
      const { initImage, controlNet, ipAdapter, upscale, ...input } = args.input;
      const mask = initImage?.mask;
      const given = {
        ...input,
        initImage: initImage && {
          ...withSource(initImage),
          mask: mask == null ? null : sourceOf(mask),
        },
        controlNet: controlNet && withSource(controlNet),
        ipAdapter: ipAdapter && withSource(ipAdapter),
        // The engine's own data says which factors there are; what it does not name is refused by it.
        upscale: upscale == null ? null : { factor: upscale.factor as 2 | 4 },
      };
      return startGeneration(given, askedFor('startGeneration', args));
    },
  }),
);

const RepeatGenerationInput = builder.inputType('RepeatGenerationInput', {
  description: 'Which generation is made again, and how.',
  fields: (t) => ({
    generationId: t.id({ description: 'The one whose parameters are taken.' }),
    newSeed: t.boolean({
      defaultValue: false,
      description: 'Draw another seed: images like these, but not the same. False when left out.',
    }),
  }),
});
builder.mutationField('repeatGeneration', (t) =>
  t.field({
    type: Generation,
    guard: 'write:jobs',
    description: 'Puts a new generation with the same parameters in line.',
    args: { input: t.arg({ type: RepeatGenerationInput }), idempotencyKey: idempotencyKey(t) },
    errors: { ...errors, types: [...errors.types] },
    resolve: (_, args) => {
      const { generationId, newSeed } = args.input;
      return repeatGeneration(generationId, { newSeed }, askedFor('repeatGeneration', args));
    },
  }),
);

builder.subscriptionField('generationUpdates', (t) =>
  t.field({
    type: Generation,
    nullable: true,
    guard: 'read',
    description:
      'The generation as it is, then after each change, until it has ended. Null when there is none.',
    args: { generationId: t.arg.id({ description: 'Of the generation.' }) },
    subscribe: (_, { generationId }) => followJob(generationId),
    resolve: (job) => (isGeneration(job) ? job : null),
  }),
);
