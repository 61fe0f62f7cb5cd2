import type { Parameter } from '../engine.ts';
import { generationParametersOf } from '../generation-parameters.ts';
import { togglesOf } from '../toggles.ts';
import type { Installed } from './installed.ts';

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
  return generationParametersOf({
    samplers: listed('sampler_name', SAMPLERS),
    schedulers: listed('scheduler', SCHEDULERS),
    scheduler: 'simple',
    words: {
      width: 'In multiples of 8. Far from what the base model was made for, things appear twice.',
    },
  });
}

/** As if all of it were installed. */
export const TOGGLES = togglesOf({
  controlNet: { mode: 'canny', strength: 0.8 },
  words: {
    controlNet:
      'The image follows a reference image. Edges are found in any picture; pose and depth need a ready map.',
    upscale: 'The finished image is enlarged by a model made for it.',
  },
});
