import type { TrainingConfig } from '../engine.ts';
import { type Example, initialWeights, layoutOf, learn, type Shape } from './model.ts';
import { createOptimizer } from './optimizers.ts';
import { rounded } from './precision.ts';
import { random, shuffled } from './random.ts';
import { scheduleAt } from './schedules.ts';
import type { Embedding } from './text.ts';

export type Photo = { pixels: Float32Array; words: Embedding };
export type Trainer = ReturnType<typeof createTrainer>;

/** Gradient descent over the photos, one step at a time. What a step does depends on the seed and its number alone. */
export function createTrainer(config: TrainingConfig, photos: Photo[]) {
  const shape: Shape = { rank: config.rank, alpha: config.alpha, photos: photos.length };
  const master = initialWeights(shape, config.seed);
  const gradient = new Float32Array(layoutOf(shape).size);
  const optimizer = createOptimizer(config.optimizer, master);
  const weightsNow = rounded(master, config.precision);
  const share = 1 / (config.batchSize * config.gradientAccumulation);
  let epoch = { number: -1, order: [] as number[] };

  /** Each photo once an epoch, in a new order every epoch. */
  function photoAt(position: number) {
    const number = Math.floor(position / photos.length);
    if (epoch.number !== number)
      epoch = { number, order: shuffled(photos.length, config.seed, 'epoch', number) };
    return epoch.order[position % photos.length] ?? 0;
  }

  function* examples(step: number): Generator<Example> {
    const count = config.batchSize * config.gradientAccumulation;
    const { uniform } = random(config.seed, 'captions', step);
    for (let i = 0; i < count; i++) {
      const photo = photoAt((step - 1) * count + i);
      const { pixels, words } = photos[photo] ?? { pixels: new Float32Array(), words: null };
      yield { photo, pixels, words: uniform() < config.captionDropout ? null : words };
    }
  }

  return {
    shape,
    master,
    optimizer,
    /** The weights as they are used: rounded to the asked precision. */
    weights: weightsNow,
    /**
     * One step: its loss is the mean squared error over its batch, before the update. Null when `isStopped` said so
     * half way, and then nothing has changed.
     */
    step(step: number, isStopped: () => boolean): { loss: number; learningRate: number } | null {
      const learningRate = config.learningRate * scheduleAt(config, step);
      const weights = weightsNow();
      gradient.fill(0);
      let loss = 0;
      for (const example of examples(step)) {
        if (isStopped()) return null;
        loss += share * learn({ shape, weights, gradient, example, share });
      }
      optimizer.update({ weights: master, gradient, learningRate, step });
      return { loss, learningRate };
    },
  };
}
