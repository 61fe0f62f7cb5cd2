import type { Sampling, Shift } from '../base-model.ts';
import { add, type Draft } from './draft.ts';
import type { Link } from './nodes.ts';
import type { Prompts } from './prompts.ts';
import type { GraphRequest } from './request.ts';

type Size = { width: number; height: number };

export function shifted(
  draft: Draft,
  model: Link<'MODEL'>,
  { shift, size }: { shift: Shift | null; size: Size },
) {
  if (shift === null) return model;
  if (shift.node !== 'ModelSamplingFlux') return add(draft, shift.node, { model, shift: shift.shift })[0];
  return add(draft, 'ModelSamplingFlux', { model, max_shift: 1.15, base_shift: 0.5, ...size })[0];
}

/** `model` is shifted here. */
export function sample(
  draft: Draft,
  from: { model: Link<'MODEL'>; prompts: Prompts; latent: Link<'LATENT'>; denoise: number },
  { sampling, config, seed }: Pick<GraphRequest, 'config' | 'seed'> & { sampling: Sampling },
): Link<'LATENT'> {
  const { prompts, latent, denoise } = from;
  const { steps, scheduler } = config;
  const model = shifted(draft, from.model, { shift: sampling.shift, size: sizeOf(config) });
  if (sampling.by === 'negative')
    return add(draft, 'KSampler', {
      ...{ model, seed, steps, cfg: config.guidanceScale, sampler_name: config.sampler, scheduler },
      ...{ ...prompts, latent_image: latent, denoise },
    })[0];

  const [noise] = add(draft, 'RandomNoise', { noise_seed: seed });
  const [guider] = add(draft, 'BasicGuider', { model, conditioning: prompts.positive });
  const [sampler] = add(draft, 'KSamplerSelect', { sampler_name: config.sampler });
  const [sigmas] = add(draft, 'BasicScheduler', { model, scheduler, steps, denoise });
  return add(draft, 'SamplerCustomAdvanced', { noise, guider, sampler, sigmas, latent_image: latent })[0];
}

export const sizeOf = ({ width, height }: Size): Size => ({ width, height });
