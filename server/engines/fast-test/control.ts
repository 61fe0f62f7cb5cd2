import sharp from 'sharp';
import type { ControlNetMode } from '../engine.ts';
import type { Raster } from './brush.ts';
import { raster, raw } from './paint.ts';

/** What a control says of each point, −1 (darker) to 1 (lighter). */
type ControlMap = { values: Float32Array; width: number; height: number };

/** The longest side at which a reference is looked at. */
const SIDE = 384;
/** How far full strength moves a colour, of 255. */
const REACH: Record<ControlNetMode, number> = { canny: 150, depth: 110, pose: 70 };

/** Makes the image follow the reference, in place: its edges, its light or its silhouette. */
export async function applyControl(
  image: Raster,
  control: { mode: ControlNetMode; reference: string; strength: number; isMap: boolean },
): Promise<void> {
  const { width, height, data } = image;
  const shrink = Math.min(1, SIDE / Math.max(width, height));
  const size = { width: Math.round(width * shrink), height: Math.round(height * shrink) };
  const map = await mapOf(control, size);
  const bytes = Uint8Array.from(map.values, (value) => 128 + 127 * Math.max(-1, Math.min(1, value)));
  const fitted = await sharp(bytes, { raw: { ...size, channels: 1 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const reach = (control.strength * REACH[control.mode]) / 127;
  for (let i = 0; i < width * height; i++) {
    const change = reach * ((fitted[i] ?? 128) - 128);
    for (let c = 3 * i; c < 3 * i + 3; c++)
      data[c] = Math.max(0, Math.min(255, (data[c] ?? 0) + change + 0.5));
  }
}

async function mapOf(
  { reference, mode, isMap }: { reference: string; mode: ControlNetMode; isMap: boolean },
  size: { width: number; height: number },
): Promise<ControlMap> {
  const blur = isMap ? 0.5 : { canny: 2.5, depth: 5, pose: 14 }[mode];
  const seen = sharp(reference, { limitInputPixels: 64e6, pages: 1 })
    .rotate()
    .flatten()
    .resize({ ...size, fit: 'cover' });
  const rgb = await raster(raw(await raster(seen.toColourspace('srgb'))).blur(blur));
  const light = new Float32Array(size.width * size.height);
  for (let i = 0; i < light.length; i++) {
    const [r, g, b] = [rgb.data[3 * i] ?? 0, rgb.data[3 * i + 1] ?? 0, rgb.data[3 * i + 2] ?? 0];
    light[i] = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  }
  if (isMap) return { values: light.map((value) => 2 * value - 1), ...size };
  const values =
    mode === 'canny' ? edges(light, size) : mode === 'depth' ? relief(light) : silhouette(light, size);
  return { values, ...size };
}

/** Dark lines where the light changes fast (Sobel), as Canny begins. */
function edges(light: Float32Array, { width, height }: { width: number; height: number }): Float32Array {
  const at = (x: number, y: number) =>
    light[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))] ?? 0;
  return light.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let [across, down] = [0, 0];
    for (const [offset, weight] of [[-1, 1] as const, [0, 2] as const, [1, 1] as const]) {
      across += weight * (at(x + 1, y + offset) - at(x - 1, y + offset));
      down += weight * (at(x + offset, y + 1) - at(x + offset, y - 1));
    }
    return -Math.min(1, Math.max(0, 4 * Math.hypot(across, down) - 0.5));
  });
}

/** Near is light, far is dark, as depth maps are drawn; here the reference's own light stands for it. */
function relief(light: Float32Array): Float32Array {
  const mean = light.reduce((sum, value) => sum + value, 0) / light.length;
  return light.map((value) => 1.6 * (value - mean));
}

/** Where the reference differs from its border there is a figure; it becomes light on a darker ground. */
function silhouette(light: Float32Array, { width, height }: { width: number; height: number }): Float32Array {
  const rim = light.filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  const ground = rim.reduce((sum, value) => sum + value, 0) / rim.length;
  return light.map((value, i) => {
    const [u, v] = [(2 * (i % width)) / width - 1, (2 * Math.floor(i / width)) / height - 1];
    const middle = 0.35 * (1 - u * u - v * v);
    return Math.tanh(8 * (Math.abs(value - ground) + middle - 0.25));
  });
}
