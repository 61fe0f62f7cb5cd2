import { add, type Draft, findFile, has, objectTo, within } from './draft.ts';
import type { Link } from './nodes.ts';
import type { GraphRequest } from './request.ts';

/** How many times larger a model makes an image is in its name alone: `4x-UltraSharp`, `RealESRGAN_x2plus`. */
const TWICE = /(^|[^0-9])2x|x2/i;
/** Those that mend an image and leave its size as it is. */
const NOT_LARGER = /(^|[^0-9])1x/i;

export function upscaled(
  draft: Draft,
  image: Link<'IMAGE'>,
  { toggles, config }: Pick<GraphRequest, 'toggles' | 'config'>,
): Link<'IMAGE'> {
  if (toggles.upscale === null) return image;
  const part = within(draft, 'upscale');
  if (!has(part, 'UpscaleModelLoader', 'ImageUpscaleWithModel', 'ImageScale')) return image;
  const { factor } = toggles.upscale;
  const name = chooseModel(part, factor);
  if (name === null) return image;
  const [upscale_model] = add(part, 'UpscaleModelLoader', { model_name: name });
  let larger = image;
  for (let pass = 0; pass < (factor === 4 && TWICE.test(name) ? 2 : 1); pass++)
    larger = add(part, 'ImageUpscaleWithModel', { upscale_model, image: larger })[0];
  // Whatever the model made of it, this is the size that was asked for.
  const size = { width: config.width * factor, height: config.height * factor };
  return add(part, 'ImageScale', { image: larger, upscale_method: 'lanczos', ...size, crop: 'disabled' })[0];
}

function chooseModel(draft: Draft, factor: 2 | 4): string | null {
  const larger = {
    folder: 'upscale_models',
    not: NOT_LARGER,
    example: 'RealESRGAN_x4plus.safetensors',
  } as const;
  const found = findFile(draft.installed, {
    ...larger,
    names: factor === 2 ? [TWICE, /./] : [/(^|[^0-9])4x|x4/i, /./],
  });
  if (found === null)
    objectTo(
      draft,
      `No upscale model is installed: put one into models/upscale_models, such as ${larger.example}.`,
    );
  return found;
}
