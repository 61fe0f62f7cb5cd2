import { BETA1, BETA2, EPSILON, type Optimizer, WEIGHT_DECAY } from './optimizer.ts';

const BETA3 = Math.sqrt(BETA2);
const FIRST_DISTANCE = 1e-4;
/** The most that the distance may grow in one step (the paper's code calls it `growth_rate`): a warm-up to watch. */
const GROWTH = 1.01;
/** The paper's `d_coef`: how much of the estimate is believed. All of it is too much where so few weights learn. */
const BELIEF = 0.1;

/** Prodigy finds its own step size and wants a learning rate of about 1; the form's usual 1e-4 counts as that. */
const PRODIGY_SCALE = 1e4;

/**
 * Mishchenko & Defazio, Prodigy: An Expeditiously Adaptive Parameter-Free Learner (2023), the Adam form. The step size
 * is an estimate `distance` of how far the weights lie from where they should be, and can only grow.
 */
export function prodigy(initial: Float32Array): Optimizer {
  const size = initial.length;
  const first = Float32Array.from(initial);
  const moment = new Float32Array(size);
  const variance = new Float32Array(size);
  const drift = new Float32Array(size);
  const numbers = { distance: FIRST_DISTANCE, numerator: 0 };

  return {
    state: { arrays: { moment, variance, drift }, numbers },
    update({ weights, gradient, learningRate }) {
      const { distance } = numbers;
      const rate = distance * learningRate * PRODIGY_SCALE;
      const pull = (distance / FIRST_DISTANCE) * rate;
      let gained = 0;
      let driven = 0;
      for (let i = 0; i < size; i++) {
        const g = gradient[i] ?? 0;
        gained += g * ((first[i] ?? 0) - (weights[i] ?? 0));
        moment[i] = BETA1 * (moment[i] ?? 0) + (1 - BETA1) * distance * g;
        variance[i] = BETA2 * (variance[i] ?? 0) + (1 - BETA2) * distance * distance * g * g;
        const d = BETA3 * (drift[i] ?? 0) + pull * g;
        drift[i] = d;
        driven += Math.abs(d);
      }
      numbers.numerator = BETA3 * numbers.numerator + pull * gained;
      if (driven > 0) {
        numbers.distance = Math.max(
          distance,
          Math.min(GROWTH * distance, (BELIEF * numbers.numerator) / driven),
        );
      }
      const keep = 1 - rate * WEIGHT_DECAY;
      for (let i = 0; i < size; i++) {
        const denominator = Math.sqrt(variance[i] ?? 0) + distance * EPSILON;
        weights[i] = keep * (weights[i] ?? 0) - (rate * (moment[i] ?? 0)) / denominator;
      }
    },
  };
}
