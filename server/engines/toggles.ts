import type { ControlNetMode, GenerationCapabilities } from './engine.ts';
import { choice, float, toggle } from './parameters.ts';

type Own = {
  /** What a ControlNet does when nothing is said. */
  controlNet: { mode: ControlNetMode; strength: number };
  /** What a toggle does with this engine, where that differs; `weight` is that of the IP-Adapter. */
  words?: Partial<Record<'controlNet' | 'faceDetailer' | 'upscale' | 'weight', string>>;
};

/** What a generation can do besides, as an engine that can do all of it takes it. */
export const togglesOf = ({
  controlNet: { mode, strength },
  words = {},
}: Own): GenerationCapabilities['toggles'] => [
  {
    ...{ name: 'initImage', label: 'Image to image', unsupported: null },
    description: 'The image starts from a picture, everywhere or where a mask is light.',
    parameters: [
      float({
        ...{ name: 'denoise', label: 'Denoise', group: 'Image to image' },
        description: 'How much becomes new; 0 keeps the picture.',
        ...{ minimum: 0, maximum: 1, step: 0.05, default: 0.6 },
      }),
    ],
  },
  {
    ...{ name: 'controlNet', label: 'ControlNet', unsupported: null },
    description: words.controlNet ?? 'The image follows a reference image.',
    parameters: [
      choice({
        ...{ name: 'mode', label: 'Mode', group: 'ControlNet' },
        description: 'What is followed: the figure, near and far, or the edges.',
        options: { canny: 'Canny edges', pose: 'Pose', depth: 'Depth' },
        default: mode,
      }),
      float({
        ...{ name: 'strength', label: 'Strength', group: 'ControlNet' },
        description: 'How strictly the reference is followed.',
        ...{ minimum: 0, maximum: 2, step: 0.05, default: strength },
      }),
      toggle({
        ...{ name: 'isMap', label: 'Ready map', group: 'ControlNet' },
        description: 'The reference is a skeleton, depths or edges already: nothing is looked for in it.',
        default: false,
      }),
    ],
  },
  {
    ...{ name: 'ipAdapter', label: 'IP-Adapter', unsupported: null },
    description: 'The image takes after a reference image.',
    parameters: [
      float({
        ...{ name: 'weight', label: 'Weight', group: 'IP-Adapter' },
        description: words.weight ?? 'How much of the reference is taken.',
        ...{ minimum: 0, maximum: 2, step: 0.05, default: 0.7 },
      }),
    ],
  },
  {
    ...{ name: 'faceDetailer', label: 'Face detailer', unsupported: null },
    description: words.faceDetailer ?? 'Each face is found, drawn again larger, and put back.',
    parameters: [
      float({
        ...{ name: 'denoise', label: 'Denoise', group: 'Face detailer' },
        description: 'How much it is redrawn.',
        ...{ minimum: 0, maximum: 1, step: 0.05, default: 0.4 },
      }),
    ],
  },
  {
    ...{ name: 'upscale', label: 'Upscale', unsupported: null },
    description: words.upscale ?? 'The finished image is enlarged.',
    parameters: [
      choice({
        ...{ name: 'factor', label: 'Factor', group: 'Upscale' },
        description: 'How many times larger each side becomes.',
        options: { 2: '2 ×', 4: '4 ×' },
        default: '2',
      }),
    ],
  },
];
