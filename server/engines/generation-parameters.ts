import type { Parameter } from './engine.ts';
import { choice, float, integer, text } from './parameters.ts';

const PROMPT = 'Prompt';
const IMAGE = 'Image';
const SAMPLING = 'Sampling';

type Own = {
  /** Each with its label. */
  samplers: Record<string, string>;
  schedulers: Record<string, string>;
  scheduler: string;
  /** What a parameter does with this engine, where that differs. */
  words?: Partial<
    Record<
      | 'prompt'
      | 'negativePrompt'
      | 'width'
      | 'height'
      | 'count'
      | 'seed'
      | 'strength'
      | 'steps'
      | 'guidanceScale',
      string
    >
  >;
};

/** The parameters of a generation, as an engine takes them. */
export const generationParametersOf = ({ samplers, schedulers, scheduler, words = {} }: Own): Parameter[] => [
  text({
    ...{ name: 'prompt', label: 'Prompt', group: PROMPT },
    description: words.prompt ?? 'What to draw. The trigger word calls the character.',
    ...{ maxLength: 2000, default: '' },
  }),
  text({
    ...{ name: 'negativePrompt', label: 'Negative prompt', group: PROMPT },
    description: words.negativePrompt ?? 'What to stay away from.',
    ...{ maxLength: 1000, default: '' },
  }),
  integer({
    ...{ name: 'width', label: 'Width', group: IMAGE, unit: 'px' },
    description: words.width ?? 'In multiples of 8.',
    ...{ minimum: 256, maximum: 2048, step: 8, default: 1024 },
  }),
  integer({
    ...{ name: 'height', label: 'Height', group: IMAGE, unit: 'px' },
    description: words.height ?? 'In multiples of 8.',
    ...{ minimum: 256, maximum: 2048, step: 8, default: 1024 },
  }),
  integer({
    ...{ name: 'count', label: 'Images', group: IMAGE },
    description: words.count ?? 'How many images; image i uses seed + i.',
    ...{ minimum: 1, maximum: 16, default: 1 },
  }),
  integer({
    ...{ name: 'seed', label: 'Seed', group: IMAGE },
    description: words.seed ?? 'Another seed, another image; the same gives the same. Empty takes a new one.',
    ...{ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: null },
  }),
  float({
    ...{ name: 'strength', label: 'LoRA strength', group: 'LoRA' },
    description: words.strength ?? 'How much each chosen LoRA counts. 1 is as trained.',
    ...{ minimum: 0, maximum: 2, step: 0.05, default: 0.8 },
  }),
  integer({
    ...{ name: 'steps', label: 'Steps', group: SAMPLING, unit: 'steps' },
    description: words.steps ?? 'Looks from noise to image. More is cleaner and slower.',
    ...{ minimum: 1, maximum: 100, default: 30 },
  }),
  float({
    ...{ name: 'guidanceScale', label: 'Guidance scale', group: SAMPLING },
    description: words.guidanceScale ?? 'How strictly the prompt is followed. Too high looks overdone.',
    ...{ minimum: 1, maximum: 20, step: 0.1, default: 3.5 },
  }),
  choice({
    ...{ name: 'sampler', label: 'Sampler', group: SAMPLING, isAdvanced: true },
    description: 'How the noise is taken away.',
    options: samplers,
    default: 'euler',
  }),
  choice({
    ...{ name: 'scheduler', label: 'Scheduler', group: SAMPLING, isAdvanced: true },
    description: 'How the steps are spread over the levels of noise.',
    options: schedulers,
    default: scheduler,
  }),
];
