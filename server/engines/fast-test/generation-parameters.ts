import type { GenerationCapabilities } from '../engine.ts';
import { choice, float, integer, text, toggle } from '../parameters.ts';

const PROMPT = 'Prompt';
const IMAGE = 'Image';
const SAMPLING = 'Sampling';

/** As this engine means it. */
export const generationParameters = [
  text({
    ...{ name: 'prompt', label: 'Prompt', group: PROMPT },
    description:
      'What to draw. The trigger word calls the character; words of a caption pull towards its photo.',
    ...{ maxLength: 2000, default: '' },
  }),
  text({
    ...{ name: 'negativePrompt', label: 'Negative prompt', group: PROMPT },
    description: 'What to stay away from.',
    ...{ maxLength: 1000, default: '' },
  }),
  integer({
    ...{ name: 'width', label: 'Width', group: IMAGE, unit: 'px' },
    description: 'In multiples of 8.',
    ...{ minimum: 256, maximum: 2048, step: 8, default: 1024 },
  }),
  integer({
    ...{ name: 'height', label: 'Height', group: IMAGE, unit: 'px' },
    description: 'In multiples of 8.',
    ...{ minimum: 256, maximum: 2048, step: 8, default: 1024 },
  }),
  integer({
    ...{ name: 'count', label: 'Images', group: IMAGE },
    description: 'How many images; image i uses seed + i.',
    ...{ minimum: 1, maximum: 16, default: 1 },
  }),
  integer({
    ...{ name: 'seed', label: 'Seed', group: IMAGE },
    description: 'Another seed, another image; the same gives the same. Empty takes a new one.',
    ...{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: null },
  }),
  float({
    ...{ name: 'strength', label: 'LoRA strength', group: 'LoRA' },
    description: 'How much each chosen LoRA counts. 1 is as trained.',
    ...{ minimum: 0, maximum: 2, step: 0.05, default: 0.8 },
  }),
  integer({
    ...{ name: 'steps', label: 'Steps', group: SAMPLING, unit: 'steps' },
    description: 'Looks from noise to image. More is cleaner and slower.',
    ...{ minimum: 1, maximum: 100, default: 30 },
  }),
  float({
    ...{ name: 'guidanceScale', label: 'Guidance scale', group: SAMPLING },
    description: 'How strictly the prompt is followed. Too high looks overdone.',
    ...{ minimum: 1, maximum: 20, step: 0.1, default: 3.5 },
  }),
  choice({
    ...{ name: 'sampler', label: 'Sampler', group: SAMPLING, isAdvanced: true },
    description: 'How the noise is taken away.',
    options: { euler: 'Euler', euler_ancestral: 'Euler ancestral', dpmpp_2m: 'DPM++ 2M' },
    default: 'euler',
  }),
  choice({
    ...{ name: 'scheduler', label: 'Scheduler', group: SAMPLING, isAdvanced: true },
    description: 'How the steps are spread over the levels of noise.',
    options: { normal: 'Normal', karras: 'Karras', simple: 'Simple' },
    default: 'karras',
  }),
];

export const toggles: GenerationCapabilities['toggles'] = [
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
    description: 'The image follows a reference image.',
    parameters: [
      choice({
        ...{ name: 'mode', label: 'Mode', group: 'ControlNet' },
        description: 'What is followed: the figure, near and far, or the edges.',
        options: { pose: 'Pose', depth: 'Depth', canny: 'Canny edges' },
        default: 'pose',
      }),
      float({
        ...{ name: 'strength', label: 'Strength', group: 'ControlNet' },
        description: 'How strictly the reference is followed.',
        ...{ minimum: 0, maximum: 2, step: 0.05, default: 1 },
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
        description: 'How much of the reference is taken; 2 takes nothing else.',
        ...{ minimum: 0, maximum: 2, step: 0.05, default: 0.7 },
      }),
    ],
  },
  {
    ...{ name: 'faceDetailer', label: 'Face detailer', unsupported: null },
    description: 'The middle of the image, where a portrait has its face, is drawn sharper.',
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
    description: 'The finished image is enlarged.',
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
