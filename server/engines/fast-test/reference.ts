import type { Guide, Weighted } from './dream.ts';
import type { Lora } from './lora-file.ts';
import { layoutOf } from './model.ts';
import { PIXELS, readPhoto, SIDE } from './photos.ts';

/** Reference pictures are seen as finely as the model can. */
const RESOLUTION = 1024;
/** Without a LoRA only the reference's colours are taken, as fields of so many pixels. */
const FIELD = 8;

/** The IP-Adapter's part: the reference as a code of each LoRA. A weight of 2 takes the reference alone. */
export async function guideOf(
  { reference, weight }: { reference: string; weight: number },
  loras: Weighted[],
): Promise<Guide> {
  const picture = await readPhoto(reference, RESOLUTION);
  return {
    codes: loras.map(({ lora }) => project(lora, picture)),
    base: fields(picture),
    weight: weight / 2,
  };
}

/** The code whose picture is nearest to `picture`: least squares over the basis, with a ridge for what it cannot show. */
function project({ shape: { rank, alpha }, shape, weights }: Lora, picture: Float32Array): Float64Array {
  const scale = alpha / rank;
  const row = (k: number) =>
    weights.subarray(layoutOf(shape).basis + k * PIXELS, layoutOf(shape).basis + (k + 1) * PIXELS);
  const rest = picture.map((value, p) => (value - (weights[p] ?? 0)) / scale);
  const matrix = Array.from({ length: rank }, (_, i) =>
    Float64Array.from({ length: rank + 1 }, (__, j) => dot(row(i), j === rank ? rest : row(j))),
  );
  const trace = matrix.reduce((sum, values, i) => sum + (values[i] ?? 0), 0);
  for (const [i, values] of matrix.entries()) values[i] = (values[i] ?? 0) + (0.01 * trace) / rank + 1e-9;
  return solve(matrix);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Gaussian elimination of a symmetric positive definite system; the last column is the right-hand side. */
function solve(matrix: Float64Array[]): Float64Array {
  const size = matrix.length;
  for (const [i, pivot] of matrix.entries()) {
    for (const below of matrix.slice(i + 1)) {
      const factor = (below[i] ?? 0) / (pivot[i] ?? 1);
      for (let j = i; j <= size; j++) below[j] = (below[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  }
  const result = new Float64Array(size);
  for (const [i, values] of [...matrix.entries()].reverse()) {
    let value = values[size] ?? 0;
    for (let j = i + 1; j < size; j++) value -= (values[j] ?? 0) * (result[j] ?? 0);
    result[i] = value / (values[i] ?? 1);
  }
  return result;
}

/** The picture's colours as soft fields. */
function fields(picture: Float32Array): Float32Array {
  const cells = SIDE / FIELD;
  const means = new Float32Array(cells * cells * 3);
  for (let p = 0; p < PIXELS; p++) {
    const [x, y] = [Math.floor(p / 3) % SIDE, Math.floor(p / 3 / SIDE)];
    const cell = (Math.floor(y / FIELD) * cells + Math.floor(x / FIELD)) * 3 + (p % 3);
    means[cell] = (means[cell] ?? 0) + (picture[p] ?? 0) / (FIELD * FIELD);
  }
  const clamp = (cell: number) => Math.max(0, Math.min(cells - 1, cell));
  return picture.map((_, p) => {
    const [x, y] = [(Math.floor(p / 3) % SIDE) / FIELD - 0.5, Math.floor(p / 3 / SIDE) / FIELD - 0.5];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    let value = 0;
    for (const [dx, dy] of [[0, 0] as const, [1, 0] as const, [0, 1] as const, [1, 1] as const]) {
      const share = (1 - Math.abs(x - left - dx)) * (1 - Math.abs(y - top - dy));
      value += share * (means[(clamp(top + dy) * cells + clamp(left + dx)) * 3 + (p % 3)] ?? 0);
    }
    return value;
  });
}
