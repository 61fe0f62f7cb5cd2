import { expect, test } from 'vitest';
import { matrixOf, walk } from './sample-matrix.ts';

const sample = (step: number, promptIndex: number) => ({
  step,
  promptIndex,
  prompt: `prompt ${promptIndex}`,
});
const matrix = matrixOf([sample(200, 0), sample(100, 1), sample(100, 0), sample(300, 0), sample(300, 1)]);

test('prompts go down and steps across, in order', () => {
  expect(matrix.steps).toEqual([100, 200, 300]);
  expect(matrix.rows.map((row) => row.prompt)).toEqual(['prompt 0', 'prompt 1']);
});

test('walking steps over a picture that is missing, and stays at the edge', () => {
  expect(walk(matrix, sample(100, 1), 'right')).toEqual({ step: 300, promptIndex: 1 });
  expect(walk(matrix, sample(300, 0), 'right')).toMatchObject({ step: 300, promptIndex: 0 });
  expect(walk(matrix, sample(100, 0), 'down')).toEqual({ step: 100, promptIndex: 1 });
  expect(walk(matrix, sample(200, 0), 'down')).toMatchObject({ step: 200, promptIndex: 0 });
});
