import { expect, test } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatEta,
  formatLoss,
  formatRate,
  formatSpeed,
  formatUntil,
  plural,
  sentenceCase,
} from './format.ts';

const eta = (lowSeconds: number, highSeconds: number) =>
  formatEta({ seconds: (lowSeconds + highSeconds) / 2, lowSeconds, highSeconds });

test('a time left is a range in one unit, no more precise than it is', () => {
  expect(eta(0.5, 2)).toBe('a moment left');
  expect(eta(12.4, 40.2)).toBe('12–41 s left');
  expect(eta(20, 20)).toBe('20 s left');
  expect(eta(250, 350)).toBe('4–6 min left');
  expect(eta(5000, 7000)).toBe('1.3–2 h left');
});

test('numbers have units and no noise', () => {
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(1_234_567)).toBe('1.2 MB');
  expect(formatDuration(250)).toBe('4 min 10 s');
  expect(formatDuration(7500)).toBe('2 h 5 min');
  expect(formatSpeed(0.5)).toBe('2.0 s/it');
  expect(formatRate(0.0001)).toBe('1e-4');
  expect(formatRate(0.000081)).toBe('8.1e-5');
  expect(formatLoss(0)).toBe('0.0000');
  expect(plural(1, 'photo')).toBe('1 photo');
  expect(plural(1200, 'photo')).toBe('1,200 photos');
  expect(sentenceCase('COSINE_WITH_RESTARTS')).toBe('Cosine with restarts');
});

test('a time is told from now', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(formatAgo('2026-01-01T11:59:50Z', now)).toBe('just now');
  expect(formatAgo('2026-01-01T11:50:00Z', now)).toBe('10 minutes ago');
  expect(formatUntil('2026-01-04T12:00:00Z', now)).toBe('in 3 days');
  expect(formatUntil('2026-04-01T12:00:00Z', now)).toBe('on Apr 1, 2026');
});
