import { expect, test } from 'vitest';
import { changesOf, wordsOf } from './suggestion.ts';

const NOTHING = {
  ...{ steps: null, learningRate: null, batchSize: null, resolution: null, rank: null, alpha: null },
  ...{ optimizer: null, precision: null, gradientAccumulation: null },
  ...{ sampleEvery: null, checkpointEvery: null, keepCheckpoints: null },
};

test('a suggestion is told in the words of a button', () => {
  expect(wordsOf({ ...NOTHING, resolution: 768 })).toBe('at 768 px');
  expect(wordsOf({ ...NOTHING, rank: 8, alpha: 8, learningRate: 0.00005 })).toBe(
    'with a learning rate of 0.00005, with rank 8',
  );
});

test('only what is to change is changed', () => {
  expect(changesOf({ ...NOTHING, rank: 8, alpha: 8 })).toEqual({ rank: 8, alpha: 8 });
  expect(changesOf(NOTHING)).toEqual({});
});
