import { expect, test } from 'vitest';
import type { Parameter } from '../parameters/parameter.ts';
import { configOf, photoAdvice, textsOf } from './config-form.ts';

const number = (name: string, more: object = {}): Parameter => ({
  __typename: 'NumberParameter',
  name,
  label: name,
  isInteger: true,
  minimum: 0,
  maximum: 1e9,
  defaultNumber: 1000,
  ...more,
});
const parameters: Parameter[] = [
  number('steps'),
  number('rank'),
  number('alpha', { defaultNumber: null }),
  number('seed', { defaultNumber: null }),
  number('batchSize', { unsupported: 'One photo at a time.' }),
  {
    __typename: 'ChoiceParameter',
    name: 'resolution',
    label: 'Resolution',
    options: [{ value: '768', label: '768' }],
    defaultChoice: '1024',
  },
  { __typename: 'TextParameter', name: 'samplePrompts', label: 'Prompts', maxLength: 500, defaultText: '' },
];

test('a preset fills the form, but its seed stays random', () => {
  const texts = textsOf(parameters, { steps: 500, seed: 42, resolution: 768, samplePrompts: ['a', 'b'] });
  expect(texts).toMatchObject({ steps: '500', seed: '', resolution: '768', samplePrompts: 'a\nb' });
  expect(textsOf(parameters, null)).toMatchObject({ steps: '1000', resolution: '1024' });
});

test('an alpha that is the rank goes on to follow it; another is a wish', () => {
  expect(textsOf(parameters, { rank: 16, alpha: 16 })).toMatchObject({ rank: '16', alpha: '' });
  expect(textsOf(parameters, { rank: 16, alpha: 8 })).toMatchObject({ rank: '16', alpha: '8' });
});

test('the form goes out in the types of the API, without what is unsupported or left empty', () => {
  const texts = { steps: '500', seed: '', batchSize: '4', resolution: '768', samplePrompts: ' a \n\n b' };
  expect(configOf(parameters, texts)).toEqual({ steps: 500, resolution: 768, samplePrompts: ['a', 'b'] });
});

test('ten photos are the floor, twenty to thirty are best', () => {
  expect(photoAdvice(0).tone).toBe('bad');
  expect(photoAdvice(9).tone).toBe('warn');
  expect(photoAdvice(10).tone).toBe('good');
  expect(photoAdvice(25).words).toMatch(/good number/);
});
