import sharp from 'sharp';
import type { Raster } from './brush.ts';
import { raster } from './paint.ts';

/** Lets the image start from a picture, in place: what is not drawn anew stays as it was there. */
export async function applyInitImage(
  image: Raster,
  { reference, mask, denoise }: { reference: string; mask: string | null; denoise: number },
): Promise<void> {
  const { width, height, data } = image;
  const fitted = (path: string) =>
    sharp(path, { limitInputPixels: 64e6, pages: 1 })
      .rotate()
      .flatten()
      .resize({ width, height, fit: 'cover' })
      .toColourspace('srgb');
  const start = await raster(fitted(reference));
  const where = mask === null ? null : await fitted(mask).greyscale().extractChannel(0).raw().toBuffer();
  for (let i = 0; i < width * height; i++) {
    const share = where === null ? denoise : (denoise * (where[i] ?? 0)) / 255;
    for (let c = 3 * i; c < 3 * i + 3; c++) {
      const from = start.data[c] ?? 0;
      data[c] = from + share * ((data[c] ?? 0) - from) + 0.5;
    }
  }
}
