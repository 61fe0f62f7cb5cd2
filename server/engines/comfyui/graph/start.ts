import type { ComfyuiBaseModel } from '../base-model.ts';
import { add, type Draft, within } from './draft.ts';
import type { Loaded } from './load.ts';
import type { Link } from './nodes.ts';
import type { Prompts } from './prompts.ts';
import type { GraphRequest } from './request.ts';
import { sizeOf } from './sample.ts';

/** What the sampler begins with, and what has to be put back into the finished image. */
export type Start = {
  model: Link<'MODEL'>;
  prompts: Prompts;
  latent: Link<'LATENT'>;
  denoise: number;
  kept: { image: Link<'IMAGE'>; mask: Link<'MASK'> } | null;
};

/** Pixels that a mask grows by, so that no seam of the old shows. */
const GROWTH = 6;

export function start(
  draft: Draft,
  { model, vae, isInpainting, prompts }: Loaded & { prompts: Prompts },
  { config, toggles, base }: Pick<GraphRequest, 'config' | 'toggles'> & { base: ComfyuiBaseModel },
): Start {
  const { initImage } = toggles;
  if (initImage === null) {
    const [latent] = add(draft, base.sampling.empty, { ...sizeOf(config), batch_size: 1 });
    return { model, prompts, latent, denoise: 1, kept: null };
  }
  const { reference, denoise } = initImage;
  const whole = within(draft, 'initImage');
  const [image] = add(whole, 'LoadImage', { image: reference });
  if (initImage.mask === null) {
    const [latent] = add(whole, 'VAEEncode', { pixels: image, vae });
    return { model, prompts, latent, denoise, kept: null };
  }

  const part = within(draft, 'initImage.mask');
  // Red of a grey picture is its light; alpha would be turned round by LoadImageMask.
  const [mask] = add(part, 'LoadImageMask', { image: initImage.mask, channel: 'red' });
  const [grown] = add(part, 'GrowMask', { mask, expand: GROWTH, tapered_corners: true });
  const kept = { image, mask: grown };
  if (!isInpainting) {
    const [samples] = add(part, 'VAEEncode', { pixels: image, vae });
    const [latent] = add(part, 'SetLatentNoiseMask', { samples, mask: grown });
    // Where the mask is soft, less becomes new: without this it would be all or nothing.
    const [soft] = add(part, 'DifferentialDiffusion', { model });
    return { model: soft, prompts, latent, denoise, kept };
  }
  if (denoise === 1) {
    const inputs = { pixels: image, vae, mask, grow_mask_by: GROWTH };
    return { model, prompts, latent: add(part, 'VAEEncodeForInpaint', inputs)[0], denoise, kept };
  }
  // That node greys out what is to become new. Where some of it is to stay, the model is shown the rest beside it.
  const [positive, negative, latent] = add(part, 'InpaintModelConditioning', {
    ...{ ...prompts, vae, pixels: image, mask: grown, noise_mask: true },
  });
  return { model, prompts: { positive, negative }, latent, denoise, kept };
}

/** Outside of the mask the image is the old one to the pixel: decoding alone, and faces drawn anew, would change it. */
export function keepOutside(draft: Draft, source: Link<'IMAGE'>, kept: Start['kept']): Link<'IMAGE'> {
  if (kept === null) return source;
  const place = { x: 0, y: 0, resize_source: false };
  return add(within(draft, 'initImage.mask'), 'ImageCompositeMasked', {
    ...{ destination: kept.image, source, mask: kept.mask, ...place },
  })[0];
}
