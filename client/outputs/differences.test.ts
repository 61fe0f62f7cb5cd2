import { expect, test } from 'vitest';
import { type Comparable, differencesOf } from './differences.ts';

const image = (
  seed: number,
  generation: Partial<Comparable['generation']> = {},
  loras: Comparable['loras'] = [],
): Comparable => ({
  seed,
  width: 512,
  height: 512,
  prompt: 'a fox',
  loras,
  generation: {
    baseModel: 'fast-test',
    samplingSteps: 20,
    guidanceScale: 7,
    sampler: 'euler',
    scheduler: 'karras',
    ...generation,
  },
});

test('only what differs is told', () => {
  expect(differencesOf([image(1), image(2)])).toEqual(['seed 1', 'seed 2']);
  const loras = [{ name: 'Mara v1', strength: 0.8 }];
  expect(differencesOf([image(1, {}, loras), image(1, { samplingSteps: 30 })])).toEqual([
    'Mara v1 × 0.8 · 20 steps',
    'no LoRA · 30 steps',
  ]);
  expect(differencesOf([image(1), image(1)])).toEqual(['Made in the same way', 'Made in the same way']);
  expect(differencesOf([])).toEqual([]);
});
