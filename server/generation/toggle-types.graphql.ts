import { controlNetMode, type GenerationToggles } from '#schema/generation.ts';
import { builder, enumFrom } from '../builder.ts';
import { urlOfSource } from './image-sources.ts';

export const ControlNetMode = enumFrom(
  'ControlNetMode',
  controlNetMode,
  'What of the reference image steers.',
  {
    pose: 'How the figure stands.',
    depth: 'What is near and what is far.',
    canny: 'The edges.',
  },
);

type Toggle<Name extends keyof GenerationToggles> = NonNullable<GenerationToggles[Name]>;
const REFERENCE_DESCRIPTION =
  'Path of the reference image, relative to the server; null when it was deleted since.';

export const InitImageUse = builder.objectRef<Toggle<'initImage'>>('InitImageUse').implement({
  description: 'How a generation starts from an image.',
  fields: (t) => ({
    referenceUrl: t.string({
      nullable: true,
      description: REFERENCE_DESCRIPTION,
      resolve: ({ reference }) => urlOfSource(reference),
    }),
    maskUrl: t.string({
      nullable: true,
      description: 'Path of the mask, relative to the server; null when there is none (any more).',
      resolve: ({ mask }) => mask && urlOfSource(mask),
    }),
    denoise: t.exposeFloat('denoise', { description: 'How much became new, from 0 to 1.' }),
  }),
});
export const ControlNetUse = builder.objectRef<Toggle<'controlNet'>>('ControlNetUse').implement({
  description: 'How a generation follows the structure of a reference image.',
  fields: (t) => ({
    mode: t.expose('mode', { type: ControlNetMode, description: 'What of the image is followed.' }),
    referenceUrl: t.string({
      nullable: true,
      description: REFERENCE_DESCRIPTION,
      resolve: ({ reference }) => urlOfSource(reference),
    }),
    strength: t.exposeFloat('strength', { description: 'How strictly, from 0 to 2.' }),
    isMap: t.exposeBoolean('isMap', { description: 'Whether the image was taken as it is.' }),
  }),
});
export const IpAdapterUse = builder.objectRef<Toggle<'ipAdapter'>>('IpAdapterUse').implement({
  description: 'How a generation takes over the look of a reference image.',
  fields: (t) => ({
    referenceUrl: t.string({
      nullable: true,
      description: REFERENCE_DESCRIPTION,
      resolve: ({ reference }) => urlOfSource(reference),
    }),
    weight: t.exposeFloat('weight', { description: 'How much of the look, from 0 to 2.' }),
  }),
});
export const FaceDetailerUse = builder.objectRef<Toggle<'faceDetailer'>>('FaceDetailerUse').implement({
  description: 'How a generation paints faces once more, finer.',
  fields: (t) => ({
    denoise: t.exposeFloat('denoise', { description: 'From 0 to 1: how much of them is new.' }),
  }),
});
export const UpscaleUse = builder.objectRef<Toggle<'upscale'>>('UpscaleUse').implement({
  description: 'How a generation enlarges what it made.',
  fields: (t) => ({
    factor: t.exposeInt('factor', { description: '2 or 4: how many times longer each side becomes.' }),
  }),
});
