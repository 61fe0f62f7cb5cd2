import { expect, test } from 'vitest';
import { QUALITIES, shapeOf, sizeOf } from './aspect.ts';

const PRESETS = [
  ['1:1', 1024, 1024],
  ['4:5', 896, 1120],
  ['3:4', 896, 1152],
  ['9:16', 768, 1344],
  ['5:4', 1120, 896],
  ['4:3', 1152, 896],
  ['16:9', 1344, 768],
] as const;

test('every preset at every quality is a size that can be asked for', () => {
  for (const [name, width, height] of PRESETS) {
    for (const { value } of QUALITIES) {
      const size = sizeOf({ name, width, height }, value);
      for (const side of [size.width, size.height]) {
        expect(side % 16).toBe(0);
        expect(side).toBeGreaterThanOrEqual(256);
        expect(side).toBeLessThanOrEqual(2048);
      }
      expect(size.width / size.height).toBeCloseTo(width / height, 1);
    }
  }
  expect(sizeOf({ name: '4:5', width: 896, height: 1120 }, 0.75)).toEqual({ width: 672, height: 848 });
});

test('shapes are drawn to scale inside their square', () => {
  expect(shapeOf({ name: '16:9', width: 1344, height: 768 }, 28)).toEqual({ width: 28, height: 16 });
});
