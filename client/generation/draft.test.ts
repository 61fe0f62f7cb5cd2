import { expect, test } from 'vitest';
import type { Parameter } from '../parameters/parameter.ts';
import { type Draft, EMPTY, type Facts, inputOf, problemsOf, withWord } from './draft.ts';

const strength: Parameter = {
  __typename: 'NumberParameter',
  name: 'strength',
  label: 'Strength',
  isInteger: false,
  minimum: 0,
  maximum: 2,
  defaultNumber: 1,
};
const mode: Parameter = {
  __typename: 'ChoiceParameter',
  name: 'mode',
  label: 'Mode',
  options: [{ value: 'POSE', label: 'Pose' }],
  defaultChoice: 'POSE',
};
const facts: Facts = {
  parameters: [],
  toggles: [
    { name: 'controlNet', label: 'ControlNet', parameters: [mode, strength] },
    { name: 'upscale', label: 'Upscale', unsupported: 'This engine cannot enlarge.', parameters: [] },
  ],
  aspects: [
    { name: '1:1', width: 1024, height: 1024 },
    { name: '16:9', width: 1344, height: 768 },
  ],
};
const draft = (part: Partial<Draft>): Draft => ({ ...structuredClone(EMPTY), prompt: 'mara', ...part });

test('what the form shows is what is asked for, untouched settings too', () => {
  const reference = { kind: 'output', id: 'o1', thumbnailUrl: '', label: '' } as const;
  const input = inputOf(
    draft({
      aspect: '16:9',
      seed: '42',
      isSeedLocked: true,
      toggles: { controlNet: { on: true, texts: { strength: '0.5' }, reference } },
    }),
    facts,
  );
  expect(input).toMatchObject({
    width: 1344,
    height: 768,
    seed: 42,
    controlNet: { mode: 'POSE', strength: 0.5, reference: { outputId: 'o1' } },
  });
});

test('an image to start from goes with its mask', () => {
  const reference = { kind: 'image', id: 'i1', thumbnailUrl: '', label: '' } as const;
  const mask = { kind: 'reference', id: 'r1', thumbnailUrl: '', label: '' } as const;
  const start = { name: 'initImage', label: 'Image to image', parameters: [] };
  const given = draft({ toggles: { initImage: { on: true, texts: {}, reference, mask } } });
  expect(inputOf(given, { ...facts, toggles: [start] }).initImage).toEqual({
    reference: { imageId: 'i1' },
    mask: { referenceImageId: 'r1' },
  });
  const without = draft({ toggles: { initImage: { on: true, texts: {}, reference: null } } });
  expect(problemsOf(without, { ...facts, toggles: [start] })).toEqual([
    'Image to image needs a reference picture.',
  ]);
});

test('what the engine cannot do is never sent, and an unlocked seed is random', () => {
  const input = inputOf(
    draft({ seed: '7', toggles: { upscale: { on: true, texts: {}, reference: null } } }),
    facts,
  );
  expect(input).not.toHaveProperty('upscale');
  expect(input.seed).toBeNull();
});

test('what is missing or out of range is said before it is sent', () => {
  expect(problemsOf(draft({ prompt: ' ' }), facts)).toEqual(['Write a prompt.']);
  expect(problemsOf(draft({ seed: '-1', isSeedLocked: true }), facts)).toEqual(['The seed is not one.']);
  const on = { controlNet: { on: true, texts: { strength: '3' }, reference: null } };
  expect(problemsOf(draft({ toggles: on }), facts)).toEqual([
    'ControlNet needs a reference picture.',
    'ControlNet: Strength is out of range.',
  ]);
});

test('a trigger word is put in front once', () => {
  expect(withWord('on a beach', 'mara_v')).toBe('mara_v, on a beach');
  expect(withWord('Mara_V on a beach', 'mara_v')).toBe('Mara_V on a beach');
});
