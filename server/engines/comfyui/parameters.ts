import type { GenerationCapabilities, Parameter } from '../engine.ts';
import { choice, float, integer, text, toggle } from '../parameters.ts';
import type { Installed } from './installed.ts';

const PROMPT = 'Prompt';
const IMAGE = 'Image';
const SAMPLING = 'Sampling';

/** Of the many that ComfyUI has, those that people know by another name. While it does not answer they are the ones that are offered. */
const SAMPLERS: Record<string, string> = {
  euler: 'Euler',
  euler_ancestral: 'Euler ancestral',
  heun: 'Heun',
  dpmpp_2m: 'DPM++ 2M',
  dpmpp_2m_sde: 'DPM++ 2M SDE',
  dpmpp_3m_sde: 'DPM++ 3M SDE',
  dpmpp_sde: 'DPM++ SDE',
  ddim: 'DDIM',
  uni_pc: 'UniPC',
  lcm: 'LCM',
};
const SCHEDULERS: Record<string, string> = {
  simple: 'Simple',
  normal: 'Normal',
  karras: 'Karras',
  exponential: 'Exponential',
  beta: 'Beta',
  sgm_uniform: 'SGM uniform',
  ddim_uniform: 'DDIM uniform',
};

/** Our names of samplers and schedulers are those of ComfyUI. */
export function generationParameters(installed: Installed | null): Parameter[] {
  const listed = (input: string, labels: Record<string, string>) => {
    const names = installed?.nodes.get('KSampler')?.inputs.get(input)?.options ?? Object.keys(labels);
    return Object.fromEntries(names.map((name) => [name, labels[name] ?? name]));
  };
  return [
    ...plainParameters,
    choice({
      ...{ name: 'sampler', label: 'Sampler', group: SAMPLING, isAdvanced: true },
      description: 'How the noise is taken away.',
      options: listed('sampler_name', SAMPLERS),
      default: 'euler',
    }),
    choice({
      ...{ name: 'scheduler', label: 'Scheduler', group: SAMPLING, isAdvanced: true },
      description: 'How the steps are spread over the levels of noise.',
      options: listed('scheduler', SCHEDULERS),
      default: 'simple',
    }),
  ];
}

const plainParameters = [
  text({
    ...{ name: 'prompt', label: 'Prompt', group: PROMPT },
    description: 'What to draw. The trigger word calls the character.',
    ...{ maxLength: 2000, default: '' },
  }),
  text({
    ...{ name: 'negativePrompt', label: 'Negative prompt', group: PROMPT },
    description: 'What to stay away from.',
    ...{ maxLength: 1000, default: '' },
  }),
  integer({
    ...{ name: 'width', label: 'Width', group: IMAGE, unit: 'px' },
    description: 'In multiples of 8. Far from what the base model was made for, things appear twice.',
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
];

/** As if all of it were installed. */
export const TOGGLES: GenerationCapabilities['toggles'] = [
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
    description:
      'The image follows a reference image. Edges are found in any picture; pose and depth need a ready map.',
    parameters: [
      choice({
        ...{ name: 'mode', label: 'Mode', group: 'ControlNet' },
        description: 'What is followed: the figure, near and far, or the edges.',
        options: { canny: 'Canny edges', pose: 'Pose', depth: 'Depth' },
        default: 'canny',
      }),
      float({
        ...{ name: 'strength', label: 'Strength', group: 'ControlNet' },
        description: 'How strictly the reference is followed.',
        ...{ minimum: 0, maximum: 2, step: 0.05, default: 0.8 },
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
        description: 'How much of the reference is taken.',
        ...{ minimum: 0, maximum: 2, step: 0.05, default: 0.7 },
      }),
    ],
  },
  {
    ...{ name: 'faceDetailer', label: 'Face detailer', unsupported: null },
    description: 'Each face is found, drawn again larger, and put back.',
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
    description: 'The finished image is enlarged by a model made for it.',
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
