import type { TrainingConfig } from '../engine.ts';

/** Restarts of `cosine_with_restarts`, evenly over the training, as diffusers' scheduler does with `num_cycles`. */
const CYCLES = 3;

/** The share of the learning rate that is used at `step` (1 … `steps`), 0 to 1. */
export function scheduleAt(
  { scheduler, steps }: Pick<TrainingConfig, 'scheduler' | 'steps'>,
  step: number,
): number {
  const progress = (step - 1) / Math.max(1, steps);
  switch (scheduler) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - progress;
    case 'cosine':
      return 0.5 * (1 + Math.cos(Math.PI * progress));
    case 'cosine_with_restarts':
      return 0.5 * (1 + Math.cos(Math.PI * ((progress * CYCLES) % 1)));
  }
}
