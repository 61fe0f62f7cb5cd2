import { PIXELS } from './photos.ts';
import { random } from './random.ts';
import { type Embedding, VOCABULARY } from './text.ts';

/**
 * The model is one linear layer and its LoRA. The layer's input names a photo (one-hot) and says words (a bag of
 * `VOCABULARY` places); its output is a picture. The base layer is zero, so all that is learned is the LoRA:
 *
 *     picture = mean + (alpha / rank) · B · A · [photo; words]
 *
 * `A` has one code of `rank` numbers per photo and per word; `B` turns a code into a picture.
 */
export type Shape = { rank: number; alpha: number; photos: number };

/** All weights in one array, because an optimiser asks nothing else of them. */
export type Layout = { mean: number; basis: number; codes: number; words: number; size: number };

export function layoutOf({ rank, photos }: Shape): Layout {
  const basis = PIXELS;
  const codes = basis + rank * PIXELS;
  const words = codes + photos * rank;
  return { mean: 0, basis, codes, words, size: words + VOCABULARY * rank };
}

/** Small random values, as `B` of a LoRA is: nothing is known yet, and no two components are alike. */
export function initialWeights(shape: Shape, seed: number): Float32Array {
  const layout = layoutOf(shape);
  const weights = new Float32Array(layout.size);
  const { normal } = random(seed, 'weights');
  const spread = 1 / Math.sqrt(shape.rank);
  for (let i = layout.basis; i < layout.codes; i++) weights[i] = 0.01 * normal();
  for (let i = layout.codes; i < layout.words; i++) weights[i] = spread * normal();
  for (let i = layout.words; i < layout.size; i++) weights[i] = 0.1 * spread * normal();
  return weights;
}

export type Example = {
  photo: number;
  pixels: Float32Array;
  /** Null when the caption was dropped for this step. */
  words: Embedding | null;
};

/** Adds the gradient of one example's mean squared error, times `share`, to `gradient`, and returns that error. */
export function learn(of: {
  shape: Shape;
  weights: Float32Array;
  gradient: Float32Array;
  example: Example;
  share: number;
}): number {
  const { shape, weights, gradient, example, share } = of;
  const { rank } = shape;
  const layout = layoutOf(shape);
  const scale = shape.alpha / rank;
  const code = new Float64Array(rank);
  const rows = [{ row: layout.codes + example.photo * rank, weight: 1 }];
  for (const [i, place] of (example.words?.places ?? []).entries()) {
    rows.push({ row: layout.words + place * rank, weight: example.words?.weights[i] ?? 0 });
  }
  for (const { row, weight } of rows) {
    for (let k = 0; k < rank; k++) code[k] = (code[k] ?? 0) + weight * (weights[row + k] ?? 0);
  }

  const error = decode({
    mean: weights.subarray(0, PIXELS),
    basis: weights,
    offset: layout.basis,
    code,
    scale,
  });
  let sum = 0;
  const { pixels } = example;
  for (let p = 0; p < PIXELS; p++) {
    const difference = (error[p] ?? 0) - (pixels[p] ?? 0);
    sum += difference * difference;
    error[p] = difference;
  }

  const slope = (2 * share) / PIXELS;
  for (let p = 0; p < PIXELS; p++) gradient[p] = (gradient[p] ?? 0) + slope * (error[p] ?? 0);
  for (let k = 0; k < rank; k++) {
    const start = layout.basis + k * PIXELS;
    const factor = slope * scale * (code[k] ?? 0);
    let along = 0;
    for (let p = 0; p < PIXELS; p++) {
      const e = error[p] ?? 0;
      along += e * (weights[start + p] ?? 0);
      gradient[start + p] = (gradient[start + p] ?? 0) + factor * e;
    }
    for (const { row, weight } of rows) {
      gradient[row + k] = (gradient[row + k] ?? 0) + slope * scale * along * weight;
    }
  }
  return sum / PIXELS;
}

/** The picture of one code. `basis` has its first component at `offset`. */
export function decode(of: {
  mean: Float32Array;
  basis: Float32Array;
  offset?: number;
  code: ArrayLike<number>;
  scale: number;
}): Float32Array {
  const { mean, basis, offset = 0, code, scale } = of;
  const picture = Float32Array.from(mean);
  for (let k = 0; k < code.length; k++) {
    const factor = scale * (code[k] ?? 0);
    const start = offset + k * PIXELS;
    for (let p = 0; p < PIXELS; p++) picture[p] = (picture[p] ?? 0) + factor * (basis[start + p] ?? 0);
  }
  return picture;
}
