import sharp from 'sharp';

/** The side of the picture that the model learns, in pixels. */
export const SIDE = 64;
/** Its numbers: red, green, blue of each pixel, row by row, −1 to 1. */
export const PIXELS = SIDE * SIDE * 3;

/** One learned pixel stands for this many of the photo's, as one FLUX token stands for 16 × 16 pixels. */
const PIXELS_PER_CELL = 16;

export class UnreadablePhoto extends Error {}

/**
 * An oriented square photo of `SIDE` pixels. `resolution` decides how fine it is seen: 512 px gives 32 × 32 cells,
 * 1024 px gives 64 × 64, stretched to the same `SIDE`.
 */
export async function readPhoto(path: string, resolution: number): Promise<Float32Array> {
  const cells = Math.max(8, Math.round(resolution / PIXELS_PER_CELL));
  try {
    const seen = await sharp(path, { limitInputPixels: 64e6, pages: 1 })
      .rotate()
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .resize(cells, cells, { fit: 'cover', kernel: 'lanczos3' })
      .png()
      .toBuffer();
    const { data } = await sharp(seen)
      .resize(SIDE, SIDE, { kernel: 'cubic' })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return Float32Array.from(data, (value) => value / 127.5 - 1);
  } catch (cause) {
    throw new UnreadablePhoto(
      `The photo ${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}
