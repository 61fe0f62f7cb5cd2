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
  ...{ id: 'big', label: 'Big', family: 'f', resolutions: [1024], defaults: {}, lacks: [] },
  unsupported: 'It is not installed.',
};
const small: Model = {
  ...{
    id: 'small',
    label: 'Small',
    family: 'f',
    resolutions: [512],
    defaults: { steps: 4, __typename: 'X' },
  },
  lacks: [
    { parameter: 'negativePrompt', reason: 'It takes none.' },
    { parameter: 'ipAdapter', reason: 'There is none for it.' },
  ],
};

test('without a choice the first model that can be used is drawn with', () => {
  expect(modelOf([missing, small], { baseModel: null, loras: [] }, [])).toBe(small);
  expect(modelOf([missing, small], { baseModel: 'big', loras: [] }, [])).toBe(missing);
  expect(modelOf([missing], { baseModel: 'gone', loras: [] }, [])).toBe(missing);
});

test('without a choice a LoRA brings its model, and the model that is shown is sent', () => {
  const other: Model = { ...small, id: 'other' };
  const draft = { ...structuredClone(EMPTY), loras: [{ loraId: 'l', strength: 1 }] };
  const loras = [{ id: 'l', baseModel: 'other' }];
  const models = [small, other];
  expect(modelOf(models, draft, loras)).toBe(other);
  expect(modelOf(models, { ...draft, baseModel: 'gone' }, loras)).toBe(other);
  expect(modelOf(models, { ...draft, baseModel: 'small' }, loras)).toBe(small);
  expect(inputOf({ ...draft, baseModel: 'gone' }, factsWith(other, facts)).baseModel).toBe('other');
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
