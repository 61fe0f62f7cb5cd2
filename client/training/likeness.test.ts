import { expect, test } from 'vitest';
import { identityInWords, likenessBySteps } from './likeness.ts';

test('says how alike, and what one has to know of it', () => {
  const identity = { score: 0.744, step: 250, withFace: 4, samples: 4 };
  expect(identityInWords(identity, 250)).toBe('74\u00a0% alike');
  expect(identityInWords({ ...identity, withFace: 3 }, 300)).toBe(
    '74\u00a0% alike at step 250, 3 of 4 samples show a face',
  );
});

test('a step has a likeness when all of its samples were compared', () => {
  const means = likenessBySteps([
    { step: 100, identityScore: 0.5 },
    { step: 200, identityScore: 0.5 },
    { step: 100, identityScore: 0 },
    { step: 200, identityScore: null },
  ]);
  expect([...means]).toEqual([[100, 0.25]]);
});
