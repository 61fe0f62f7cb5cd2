/// <reference lib="esnext.float16" />
import type { TrainingConfig } from '../engine.ts';

/**
 * The weights that a step computes with: the fp32 master copy rounded to `precision`. The optimiser moves the master
 * copy, as mixed-precision training does, because an update of 1e-3 of a weight is lost in bf16's eight bits.
 */
export function rounded(master: Float32Array, precision: TrainingConfig['precision']): () => Float32Array {
  if (precision === 'fp32') return () => master;
  const weights = new Float32Array(master.length);
  if (precision === 'fp16') {
    const half = new Float16Array(master.length);
    return () => {
      half.set(master);
      weights.set(half);
      return weights;
    };
  }
  const from = new Uint32Array(master.buffer, master.byteOffset, master.length);
  const to = new Uint32Array(weights.buffer);
  return () => {
    for (let i = 0; i < from.length; i++) {
      const bits = from[i] ?? 0;
      // Round to nearest, ties to even, then drop the lower half.
      to[i] = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
    }
    return weights;
  };
}
