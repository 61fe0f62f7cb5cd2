import { expect, test } from 'vitest';
import { paceOf } from './progress.ts';

test('the pace is that of the last seconds, and never below nothing', () => {
  let now = 0;
  const pace = paceOf(() => now);
  const at = (seconds: number, bytes: number) => {
    now = 1000 * seconds;
    return pace(bytes);
  };
  expect(at(0, 5_000_000)).toBeNull();
  expect(at(2, 9_000_000)).toBe(2_000_000);
  // The source could not begin in the middle.
  expect(at(3, 1_000_000)).toBeNull();
  expect(at(4, 2_000_000)).toBe(1_000_000);
});
