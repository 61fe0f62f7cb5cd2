import { expect, test } from 'vitest';
import { type Checkpoint, type Round, scoreCheckpoints } from './identity-scores.ts';

const config = { steps: 1100, sampleEvery: 500, samplePrompts: ['a', 'b'] };
const round = (step: number, score: number | null, more: Partial<Round> = {}): Round => ({
  ...{ step, score, samples: 2, lookedAt: 2, scored: score === null ? 0 : 2, withFace: 2 },
  ...more,
});
const checkpoint = (step: number): Checkpoint => ({
  ...{ id: String(step), jobId: 'job', step, bytes: 1, sha256: '', isPinned: false },
  createdAt: new Date(0),
});

function scored(steps: number[], rounds: Round[], more: { step?: number; isUnderWay?: boolean } = {}) {
  const training = { config, step: 1100, isUnderWay: false, rounds, ...more };
  const { checkpoints, undecided } = scoreCheckpoints(training, steps.map(checkpoint));
  return {
    steps: checkpoints.map(({ step, identity }) => [step, identity?.step ?? null]),
    best: checkpoints.filter(({ isBest }) => isBest).map(({ step }) => step),
    undecided: undecided.map(({ step }) => step),
  };
}

test('a checkpoint has the score of the nearest samples, at most half a round away, of two as near the earlier', () => {
  const rounds = [round(500, 0.5), round(1000, 0.6), round(1100, 0.7)];
  expect(scored([240, 250, 500, 750, 751, 1050, 1051, 1100], rounds).steps).toEqual([
    ...[
      [240, null],
      [250, 500],
      [500, 500],
      [750, 500],
    ],
    ...[
      [751, 1000],
      [1050, 1000],
      [1051, 1100],
      [1100, 1100],
    ],
  ]);
});

test('the best has the highest score; of one round the nearest to it, and of two rounds as good the later', () => {
  expect(scored([400, 500, 600, 1000], [round(500, 0.8), round(1000, 0.6)]).best).toEqual([500]);
  expect(scored([400, 600], [round(500, 0.8)]).best).toEqual([600]);
  expect(scored([500, 1000], [round(500, 0.8), round(1000, 0.8)]).best).toEqual([1000]);
  expect(scored([500, 1000], [round(500, 0), round(1000, null)]).best).toEqual([]);
});

test('a score counts only the samples that could be compared, and waits for all of them', () => {
  expect(scored([500], [round(500, 0.5, { scored: 1 })]).best).toEqual([500]);
  expect(scored([500], [round(500, 0.5, { lookedAt: 1 })]).best).toEqual([]);
});

test('while it goes on, one checkpoint of each round that is not compared yet may still be the best', () => {
  const now = { isUnderWay: true, step: 620 };
  expect(scored([500], [], { isUnderWay: true, step: 500 }).undecided).toEqual([500]);
  expect(scored([400, 500, 600], [round(500, 0.5, { lookedAt: 1 })], now).undecided).toEqual([500]);
  expect(scored([400, 450], [], { isUnderWay: true, step: 460 }).undecided).toEqual([450]);
  expect(scored([400, 500, 600], [round(500, 0.5)], now)).toMatchObject({ undecided: [], best: [500] });
  // Too far from any samples to have a score ever.
  expect(scored([100, 200], [], { isUnderWay: true, step: 210 }).undecided).toEqual([]);
  // Samples that have not come by the next round are not waited for.
  expect(scored([500], [], { isUnderWay: true, step: 999 }).undecided).toEqual([500]);
  expect(scored([500], [], { isUnderWay: true, step: 1000 }).undecided).toEqual([]);
  expect(scored([500], [round(500, null, { lookedAt: 0 })], { step: 620 }).undecided).toEqual([]);
});
