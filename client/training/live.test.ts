import { expect, test } from 'vitest';
import { applyEvent, type Live, type LiveEvent, type LiveSample, startLive } from './live.ts';

const at = '2026-01-01T00:00:00Z';
const progressed = (cursor: string, step: number): LiveEvent<LiveSample> => ({
  __typename: 'JobProgressed',
  cursor,
  at,
  metrics: [{ step, loss: 1 / step, learningRate: 1e-4 }],
});
const logged = (cursor: string, message: string): LiveEvent<LiveSample> => ({
  __typename: 'JobLogged',
  cursor,
  at,
  level: 'INFO',
  message,
});
const all = (live: Live<LiveSample>, events: readonly LiveEvent<LiveSample>[]) =>
  events.reduce(applyEvent, live);
const empty = startLive<LiveSample>({ points: [], samples: [], lines: [], gpu: [] });

test('a replay after a lost socket changes nothing', () => {
  const events = [progressed('1', 1), logged('2', 'begun'), progressed('3', 2), progressed('4', 3)];
  const once = all(empty, events);
  const again = all(once, [...events, progressed('5', 4)]);
  expect(all(once, events)).toBe(once);
  expect(again.points.map((point) => point.step)).toEqual([1, 2, 3, 4]);
  expect(again.lines).toHaveLength(1);
});

test('steps that the page had read already are not counted twice', () => {
  const stored = { step: 5, loss: 0.2, smoothedLoss: 0.2, learningRate: 1e-4 };
  const live = all(startLive<LiveSample>({ points: [stored], samples: [], lines: [], gpu: [] }), [
    progressed('8', 5),
    progressed('9', 6),
  ]);
  expect(live.points.map((point) => point.step)).toEqual([5, 6]);
});

test('a sample stands once, and one that was pruned not at all', () => {
  const sample = { id: 's', step: 100, promptIndex: 0 };
  const live = all(startLive<LiveSample>({ points: [], samples: [sample], lines: [], gpu: [] }), [
    { __typename: 'SampleAdded', cursor: '1', at, sample },
    { __typename: 'SampleAdded', cursor: '2', at, sample: null },
  ]);
  expect(live.samples).toEqual([sample]);
  const scored = { ...sample, identityScore: 0.5 };
  expect(all(live, [{ __typename: 'SampleScored', cursor: '3', at, sample: scored }]).samples).toEqual([
    scored,
  ]);
});

test('readings of the GPU follow the stored ones, and a step without one adds none', () => {
  const gpu = {
    utilisation: 0.5,
    memoryUsedBytes: 1,
    memoryTotalBytes: 2,
    temperatureCelsius: 60,
    powerWatts: 100,
  };
  const stored = { ...empty, gpu: [{ at: '2025-01-01T00:00:00Z', gpu }] };
  const live = all(stored, [{ ...progressed('1', 1), gpu } as LiveEvent<LiveSample>, progressed('2', 2)]);
  expect(live.gpu.map((reading) => reading.at)).toEqual(['2025-01-01T00:00:00Z', at]);
});
