import { expect, test } from 'vitest';
import { stagesOf } from './stages.ts';

const now = (job: Parameters<typeof stagesOf>[0]) => stagesOf(job).find((stage) => stage.state === 'now');

test('samples and checkpoints in the middle belong to the training', () => {
  expect(now({ state: 'RUNNING', stage: 'SAMPLING', step: 100, steps: 500 })).toMatchObject({
    name: 'training',
    word: 'making samples',
  });
  expect(now({ state: 'RUNNING', stage: 'SAVING', step: 250, steps: 500 })?.name).toBe('training');
  expect(now({ state: 'RUNNING', stage: 'SAVING', step: 500, steps: 500 })?.name).toBe('saving');
  expect(now({ state: 'RUNNING', stage: 'EXPORTING', step: 500, steps: 500 })?.name).toBe('saving');
});

test('done is all done; waiting is none', () => {
  expect(
    stagesOf({ state: 'COMPLETED', stage: null, step: 5, steps: 5 }).every((stage) => stage.state === 'done'),
  ).toBe(true);
  expect(
    stagesOf({ state: 'QUEUED', stage: null, step: 0, steps: 5 }).every((stage) => stage.state === 'next'),
  ).toBe(true);
});
