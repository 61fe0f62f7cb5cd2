/**
 * What an optimiser remembers between steps. All of it is in the arrays and numbers, so a checkpoint that holds them
 * goes on exactly as if it had never stopped.
 */
export type OptimizerState = {
  arrays: Record<string, Float32Array | Uint8Array>;
  numbers: Record<string, number>;
};

export type Optimizer = {
  state: OptimizerState;
  /** Moves `weights` against `gradient`. `learningRate` is the configured one times the schedule; `step` from 1. */
  update(of: { weights: Float32Array; gradient: Float32Array; learningRate: number; step: number }): void;
};

/**
 * A learning rate is made for models of billions of weights, where each moves by 1e-4 a step. Here one weight is one
 * pixel, and a few hundred steps have to take it from grey to its colour. Chosen by looking at samples.
 */
export const LEARNING_RATE_SCALE = 12;
export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;
export const WEIGHT_DECAY = 0.01;
