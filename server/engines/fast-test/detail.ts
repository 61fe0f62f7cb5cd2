import type { Raster } from './brush.ts';
import { raster, raw } from './paint.ts';

/** Sharpens the middle of the image, where a portrait has its face. `denoise` 0 to 1 says how much. */
export async function detailFace(image: Raster, denoise: number): Promise<Raster> {
  const { width, height } = image;
  const sigma = Math.max(0.6, Math.max(width, height) / 400);
  const crisp = await raster(raw(image).sharpen({ sigma, m1: 1.5, m2: 6, x1: 1 }));
  const data = Uint8Array.from(image.data);
  for (let i = 0; i < width * height; i++) {
    const [u, v] = [(2 * (i % width)) / width - 1, (2 * Math.floor(i / width)) / height - 1];
    // An oval a little above the middle, with a soft rim.
    const inside = 1 / (1 + Math.exp(14 * (Math.hypot(u / 0.55, (v + 0.1) / 0.65) - 0.9)));
    for (let c = 3 * i; c < 3 * i + 3; c++) {
      data[c] = (image.data[c] ?? 0) + denoise * inside * ((crisp.data[c] ?? 0) - (image.data[c] ?? 0)) + 0.5;
    }
  }
  return { data, width, height };
}

export const upscale = (image: Raster, factor: 2 | 4): Promise<Raster> =>
  raster(
    raw(image)
      .resize(image.width * factor, image.height * factor, { kernel: 'lanczos3' })
      .sharpen({ sigma: 0.5 + factor / 4 }),
  );
