import { expect, test } from 'vitest';
import type { Parameter } from '../parameters/parameter.ts';
import { EMPTY, type Facts, inputOf, problemsOf } from './draft.ts';
import { factsWith, type Model, modelOf } from './model-facts.ts';

const steps: Parameter = {
  __typename: 'NumberParameter',
  name: 'steps',
  label: 'Steps',
  isInteger: true,
  minimum: 1,
  maximum: 100,
  defaultNumber: 30,
};
const negativePrompt: Parameter = {
  __typename: 'TextParameter',
  name: 'negativePrompt',
  label: 'Negative prompt',
  maxLength: 1000,
  defaultText: '',
};
const facts: Facts = {
  parameters: [steps, negativePrompt],
  toggles: [{ name: 'ipAdapter', label: 'IP-Adapter', parameters: [] }],
  aspects: [{ name: '16:9', width: 1344, height: 768 }],
};
const missing: Model = {
  ...{ id: 'big', label: 'Big', resolutions: [1024], defaults: {}, lacks: [] },
  unsupported: 'It is not installed.',
};
const small: Model = {
  ...{ id: 'small', label: 'Small', resolutions: [512], defaults: { steps: 4, __typename: 'X' } },
  lacks: [
    { parameter: 'negativePrompt', reason: 'It takes none.' },
    { parameter: 'ipAdapter', reason: 'There is none for it.' },
  ],
};

test('without a choice the first model that can be used is drawn with', () => {
  expect(modelOf([missing, small], { baseModel: null })).toBe(small);
  expect(modelOf([missing, small], { baseModel: 'big' })).toBe(missing);
  expect(modelOf([missing], { baseModel: 'gone' })).toBe(missing);
});

test('a model brings its sizes and values, and what it lacks is neither asked for nor sent', () => {
  const own = factsWith(small, facts);
  expect(own.parameters[0]).toMatchObject({ defaultNumber: 4 });
  const draft = {
    ...structuredClone(EMPTY),
    ...{ prompt: 'mara', negativePrompt: 'blurry', aspect: '16:9' },
    toggles: { ipAdapter: { on: true, texts: {}, reference: null } },
  };
  expect(problemsOf(draft, own)).toEqual([]);
  const input = inputOf(draft, own);
  expect(input).toMatchObject({ width: 672, height: 384, negativePrompt: null });
  expect(input).not.toHaveProperty('ipAdapter');
});
