import { BETA1, BETA2, EPSILON, LEARNING_RATE_SCALE, type Optimizer, WEIGHT_DECAY } from './optimizer.ts';

/** Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019). */
export function adamW(size: number): Optimizer {
  const moment = new Float32Array(size);
  const variance = new Float32Array(size);
  return {
    state: { arrays: { moment, variance }, numbers: {} },
    update({ weights, gradient, learningRate, step }) {
      const rate = learningRate * LEARNING_RATE_SCALE;
      const stride = rate / (1 - BETA1 ** step);
      const correction = 1 / Math.sqrt(1 - BETA2 ** step);
      const keep = 1 - rate * WEIGHT_DECAY;
      for (let i = 0; i < size; i++) {
        const g = gradient[i] ?? 0;
        const m = BETA1 * (moment[i] ?? 0) + (1 - BETA1) * g;
        const v = BETA2 * (variance[i] ?? 0) + (1 - BETA2) * g * g;
        moment[i] = m;
        variance[i] = v;
        weights[i] = keep * (weights[i] ?? 0) - (stride * m) / (Math.sqrt(v) * correction + EPSILON);
      }
    },
  };
}
