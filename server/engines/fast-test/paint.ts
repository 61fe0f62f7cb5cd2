import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { painted, type Raster } from './brush.ts';
import { PIXELS, SIDE } from './photos.ts';
import { random } from './random.ts';

/** The longest side at which strokes are painted; beyond it only size is added. */
const CANVAS = 512;
/** A stroke is this part of the canvas wide. */
const STROKE = 1 / 90;
/** Deviation of the grain, of 255. */
const GRAIN = 2.2;

export const raw = ({ data, width, height }: Raster): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 } });

export async function raster(image: Sharp): Promise<Raster> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The learned square as 8 bits. */
function square(picture: Float32Array): Raster {
  const data = new Uint8Array(PIXELS);
  for (let p = 0; p < PIXELS; p++)
    data[p] = Math.max(0, Math.min(255, 127.5 * ((picture[p] ?? 0) + 1) + 0.5));
  return { data, width: SIDE, height: SIDE };
}

/** The learned square as an image of the asked size: its middle when that is not square. */
export async function paint(picture: Float32Array, size: { width: number; height: number }): Promise<Raster> {
  const { width, height } = size;
  const shrink = Math.min(1, CANVAS / Math.max(width, height));
  const canvas = { width: Math.round(width * shrink), height: Math.round(height * shrink) };
  const enlarged = raw(square(picture)).resize({ ...canvas, fit: 'cover', kernel: 'lanczos3' });
  const radius = Math.max(1, Math.round(Math.max(canvas.width, canvas.height) * STROKE));
  const strokes = raw(painted(await raster(enlarged), radius));
  if (shrink === 1) return raster(strokes.sharpen({ sigma: 0.6 }));
  const softened = raw(await raster(strokes.blur(0.9)));
  return raster(
    softened.resize({ width, height, fit: 'fill', kernel: 'cubic' }).sharpen({ sigma: 1.5, m1: 0.5, m2: 2 }),
  );
}

/** Fine grain, in place: it hides that the picture has fewer details than pixels. Equal seeds, equal grain. */
export function grain({ data }: Raster, seed: number): void {
  const { uniform, normal } = random(seed, 'grain');
  // A table of normal numbers is walked in random leaps: fresh ones for four million pixels would take a second.
  const table = Float32Array.from({ length: 4099 }, () => GRAIN * normal());
  let at = 0;
  for (let i = 0; i < data.length; i += 3) {
    if (i % 3072 === 0) at = Math.floor(uniform() * table.length);
    at = at + 1 === table.length ? 0 : at + 1;
    const amount = table[at] ?? 0;
    for (let c = i; c < i + 3; c++) data[c] = Math.max(0, Math.min(255, (data[c] ?? 0) + amount + 0.5));
  }
}

/** Small and quick, to look at while it is drawn. */
export const preview = (picture: Float32Array, size: { width: number; height: number }) => {
  const shrink = 256 / Math.max(size.width, size.height);
  const [width, height] = [Math.round(size.width * shrink), Math.round(size.height * shrink)];
  return raw(square(picture))
    .resize({ width, height, fit: 'cover', kernel: 'cubic' })
    .webp({ quality: 70 })
    .toBuffer();
};

/** Writes a PNG that is complete whenever it is there. Equal rasters give equal bytes. */
export async function writePng(path: string, image: Raster): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, await raw(image).png({ compressionLevel: 6 }).toBuffer());
  await rename(`${path}.tmp`, path);
}
