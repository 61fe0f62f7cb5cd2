import { expect, test } from 'vitest';
import { expectedStart } from './expected-start.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const at = (seconds: number) => new Date(NOW + 1000 * seconds).toISOString();

test('a start is expected within a range, at any moment, or not known', () => {
  const range = (low: number, high: number) => ({ earliestStartAt: at(low), latestStartAt: at(high) });
  expect(expectedStart(range(240, 600), NOW)).toBe('in 4–10 min');
  expect(expectedStart(range(3600, 9000), NOW)).toBe('in 1–2.5 h');
  expect(expectedStart(range(20, 170), NOW)).toBe('within 3 min');
  expect(expectedStart(range(-50, -20), NOW)).toBe('at any moment');
  expect(expectedStart({ earliestStartAt: null, latestStartAt: null }, NOW)).toBeUndefined();
  expect(expectedStart(null, NOW)).toBeUndefined();
});
