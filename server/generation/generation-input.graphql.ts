import type { ImageSource } from '#schema/generation.ts';
import { builder } from '../builder.ts';
import { ControlNetMode } from './toggle-types.graphql.ts';

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

const GridInput = builder.inputType('GridInput', {
  description:
    'What varies between the images: they are the product of the axes, at most 64. Each axis has 1 to 64 values, and is left out when it does not vary.',
  fields: (t) => ({
    prompts: t.stringList({
      ...optional,
      description: 'Each as `prompt`, which is left out then.',
    }),
    loraIds: t.field({
      type: ['ID'],
      required: { list: false, items: false },
      description:
        'What stands in the first place of `loras`, with the strength that is given there or else 0.8; null: nothing does.',
    }),
    strengths: t.floatList({
      ...optional,
      description: 'Of the LoRA in the first place, 0 to 2.',
    }),
    seeds: t.field({
      type: ['Seed'],
      ...optional,
      description: 'In place of `seed`, which is left out then. Without them all images have the same seed.',
    }),
  }),
});

const SYNTAX =
  '`{a|b}` becomes one of its options, `{3::a|1::b}` with these weights, `__name__` a value of the list `name`, as the seed of the image decides; `{trigger}` the trigger words of its LoRAs. A `\\` before `{`, `|`, `}`, `_` or `\\` leaves them as they are.';

const OF_MODEL =
  "the base model's own when left out (`BaseModel.defaults`), or else the parameter's default.";

export const StartGenerationInput = builder.inputType('StartGenerationInput', {
  description:
    'What to generate. `capabilities.generation` has what this engine takes, and what it cannot do.',
  fields: (t) => ({
    prompt: t.string({
      ...optional,
      description: `What to draw, 1 to 2000 characters, also when it has become what is drawn. Left out only with \`grid.prompts\`. ${SYNTAX}`,
    }),
    negativePrompt: t.string({
      ...optional,
      description:
        'What to stay away from, at most 1000 characters, written as `prompt` is; nothing when left out.',
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
      description:
        'Of image 0, 0 to 2^53 − `count`; drawn when left out. Image i has `seed + i`; in a grid all have it.',
    }),
    count: t.int({ ...optional, description: '1 to 16 images; 1 when left out. Not together with `grid`.' }),
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
    grid: t.field({
      type: GridInput,
      ...optional,
      description: 'Images that differ along axes; a batch of `count` images when left out.',
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

/** As the slice takes it, with pictures named by what they are. */
export function givenIn({
  initImage,
  controlNet,
  ipAdapter,
  upscale,
  ...input
}: typeof StartGenerationInput.$inferInput) {
  const mask = initImage?.mask;
  return {
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
}
