import { expect, test } from 'vitest';
import { addMetrics } from './metrics.ts';

const step = (of: number, loss: number) => ({ step: of, loss, learningRate: 1e-4 });

/** As the server does it over the whole table. */
function smoothedByServer(losses: readonly number[]): number[] {
  let average = 0;
  let weight = 0;
  return losses.map((loss) => {
    average = 0.9 * average + 0.1 * loss;
    weight = 0.9 * weight + 0.1;
    return average / weight;
  });
}

test('live points go on with the smoothing of the stored ones, so a reload draws the same curve', () => {
  const losses = Array.from({ length: 60 }, (_, index) => Math.abs(Math.sin(index)) + 1 / (index + 1));
  const server = smoothedByServer(losses);
  const stored = losses
    .slice(0, 20)
    .map((loss, index) => ({ ...step(index + 1, loss), smoothedLoss: server[index] ?? 0 }));
  const live = addMetrics(
    stored,
    losses.slice(20).map((loss, index) => step(index + 21, loss)),
  );
  expect(live).toHaveLength(60);
  for (const [index, point] of live.entries())
    expect(point.smoothedLoss).toBeCloseTo(server[index] ?? Number.NaN, 10);
});

test('a training that resumed from a checkpoint takes the curve back to there', () => {
  const points = addMetrics([], [step(1, 0.5), step(2, 0.4), step(3, 0.3)]);
  const resumed = addMetrics(points, [step(2, 0.45), step(3, 0.35)]);
  expect(resumed.map((point) => [point.step, point.loss])).toEqual([
    [1, 0.5],
    [2, 0.45],
    [3, 0.35],
  ]);
});

test('a loss of zero is a loss', () => {
  expect(addMetrics([], [step(1, 0)])).toEqual([{ step: 1, loss: 0, smoothedLoss: 0, learningRate: 1e-4 }]);
});
