import { BETA1, BETA2, EPSILON, LEARNING_RATE_SCALE, type Optimizer, WEIGHT_DECAY } from './optimizer.ts';

/** Numbers that share one scale, as in bitsandbytes. */
const BLOCK = 256;

/** Bytes to shares of a block's largest value: finer near zero, where most moments are. */
const MOMENT = Float64Array.from(
  { length: 256 },
  (_, byte) => Math.sign(byte - 128) * ((byte - 128) / 127) ** 2,
);
const VARIANCE = Float64Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 4);

/**
 * AdamW whose two moments take one byte each, quantised block by block with a non-linear map.
 * Dettmers et al., 8-bit Optimizers via Block-wise Quantization (2022); the map here is a power instead of their
 * dynamic tree, which needs no search.
 */
export function adamW8bit(size: number): Optimizer {
  const blocks = Math.ceil(size / BLOCK);
  const moment = new Uint8Array(size).fill(128);
  const variance = new Uint8Array(size);
  const momentScale = new Float32Array(blocks);
  const varianceScale = new Float32Array(blocks);
  // Doubles, so that a moment is rounded only once, to its byte.
  const m = new Float64Array(BLOCK);
  const v = new Float64Array(BLOCK);

  return {
    state: { arrays: { moment, variance, momentScale, varianceScale }, numbers: {} },
    update({ weights, gradient, learningRate, step }) {
      const rate = learningRate * LEARNING_RATE_SCALE;
      const stride = rate / (1 - BETA1 ** step);
      const correction = 1 / Math.sqrt(1 - BETA2 ** step);
      const keep = 1 - rate * WEIGHT_DECAY;
      for (let block = 0; block < blocks; block++) {
        const start = block * BLOCK;
        const count = Math.min(BLOCK, size - start);
        const mScale = momentScale[block] ?? 0;
        const vScale = varianceScale[block] ?? 0;
        let largestM = 0;
        let largestV = 0;
        for (let j = 0; j < count; j++) {
          const i = start + j;
          const g = gradient[i] ?? 0;
          const mean = BETA1 * mScale * (MOMENT[moment[i] ?? 0] ?? 0) + (1 - BETA1) * g;
          const square = BETA2 * vScale * (VARIANCE[variance[i] ?? 0] ?? 0) + (1 - BETA2) * g * g;
          m[j] = mean;
          v[j] = square;
          largestM = Math.max(largestM, Math.abs(mean));
          largestV = Math.max(largestV, square);
          weights[i] =
            keep * (weights[i] ?? 0) - (stride * mean) / (Math.sqrt(square) * correction + EPSILON);
        }
        momentScale[block] = largestM;
        varianceScale[block] = largestV;
        const perM = largestM > 0 ? 1 / largestM : 0;
        const perV = largestV > 0 ? 1 / largestV : 0;
        for (let j = 0; j < count; j++) {
          const mean = m[j] ?? 0;
          const root = (127 * Math.sqrt(Math.abs(mean) * perM) + 0.5) | 0;
          moment[start + j] = mean < 0 ? 128 - root : 128 + root;
          const share = (v[j] ?? 0) * perV;
          const fourth = (255 * Math.sqrt(Math.sqrt(share)) + 0.5) | 0;
          // Never down to zero: a moment over no variance would throw the weight away.
          variance[start + j] = fourth === 0 && share > 0 ? 1 : fourth;
        }
      }
    },
  };
}
