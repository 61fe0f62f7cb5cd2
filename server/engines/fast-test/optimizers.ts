import type { TrainingConfig } from '../engine.ts';
import { adamW } from './adamw.ts';
import { adamW8bit } from './adamw-8bit.ts';
import type { Optimizer } from './optimizer.ts';
import { prodigy } from './prodigy.ts';

/** `initial` are the weights before the first step, which Prodigy measures its distance from. */
export function createOptimizer(name: TrainingConfig['optimizer'], initial: Float32Array): Optimizer {
  switch (name) {
    case 'adamw':
      return adamW(initial.length);
    case 'adamw8bit':
      return adamW8bit(initial.length);
    case 'prodigy':
      return prodigy(initial);
  }
}
