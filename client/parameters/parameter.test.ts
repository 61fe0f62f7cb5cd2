import { expect, test } from 'vitest';
import { isSame, type Parameter, problemOf, rangeOf, readValue, textOf } from './parameter.ts';

const steps: Parameter = {
  __typename: 'NumberParameter',
  name: 'steps',
  label: 'Steps',
  unit: 'steps',
  isInteger: true,
  minimum: 1,
  maximum: 20_000,
  defaultNumber: 1000,
};
const learningRate: Parameter = {
  ...steps,
  name: 'learningRate',
  isInteger: false,
  minimum: 1e-6,
  maximum: 0.01,
  unit: null,
};
const seed: Parameter = {
  ...steps,
  name: 'seed',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  defaultNumber: null,
};

test('limits are inclusive and are named', () => {
  expect(problemOf(steps, '1')).toBeUndefined();
  expect(problemOf(steps, '20000')).toBeUndefined();
  expect(problemOf(steps, '20001')).toBe('The most is 20,000.');
  expect(problemOf(steps, '0')).toBe('The least is 1.');
  expect(problemOf(steps, '1.5')).toBe('Only whole numbers.');
  expect(problemOf(steps, 'many')).toBe('That is not a number.');
  expect(problemOf(steps, ' ')).toBe('A number is needed.');
  expect(problemOf(learningRate, '1e-7')).toBe('The least is 1e-6.');
  expect(rangeOf(steps)).toBe('1 to 20,000 steps');
});

test('without a default nothing may be typed, and the server chooses', () => {
  expect(problemOf(seed, '')).toBeUndefined();
  expect(readValue(seed, '')).toBeUndefined();
  expect(readValue(seed, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
});

test('another spelling of the same number is no change', () => {
  expect(textOf(0.0002)).toBe('2e-4');
  expect(isSame(learningRate, '0.0002', '2e-4')).toBe(true);
  expect(isSame(learningRate, '0,0002', '2e-4')).toBe(true);
  expect(isSame(learningRate, '0.0003', '2e-4')).toBe(false);
  expect(isSame(seed, '', '0')).toBe(false);
});
