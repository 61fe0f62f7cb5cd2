import { expect, test } from 'vitest';
import { type GridShape, justify, rowAt } from './justify.ts';

const shape: GridShape = { width: 1000, rowHeight: 200, gap: 10, isSquare: false };
const ratios = Array.from({ length: 60 }, (_, i) => [1, 0.8, 1.5, 2.4, 0.6][i % 5] ?? 1);

test('rows are as wide as the grid, and keep each picture in its shape', () => {
  const rows = justify(ratios, 0, shape);
  for (const row of rows.slice(0, -1)) {
    const last = row.boxes.at(-1);
    expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(1000);
    for (const [i, box] of row.boxes.entries())
      expect(box.width / row.height).toBeCloseTo(ratios[row.start + i] ?? 0);
    expect(row.height).toBeGreaterThan(100);
    expect(row.height).toBeLessThanOrEqual(200);
  }
  expect(rows.flatMap(({ start, end }) => [start, end])).toEqual(
    rows.flatMap((_, i) => [rows[i - 1]?.end ?? 0, rows[i + 1]?.start ?? 60]),
  );
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    expect(row.top).toBeCloseTo(before === undefined ? 0 : before.top + before.height + 10);
  }
});

test('what is added at either end leaves the other rows as they are', () => {
  const strip = (rows: ReturnType<typeof justify>, from: number) =>
    rows.map(({ start, end, height, boxes }) => ({ start: start - from, end: end - from, height, boxes }));
  const before = strip(justify(ratios, 0, shape), 0);
  const appended = strip(justify([...ratios, 1, 1, 1], 0, shape), 0);
  expect(appended.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  const prepended = justify([...ratios.slice(0, 17), ...ratios], 17, shape);
  expect(strip(prepended, 17).filter(({ start }) => start >= 0)).toEqual(before);
  // Above the anchor the first row alone may be unfilled.
  const above = prepended.filter(({ start }) => start < 17).slice(1);
  for (const { boxes } of above) {
    const last = boxes.at(-1);
    expect((last?.left ?? 0) + (last?.width ?? 0)).toBeCloseTo(1000);
  }
});

test('squares are all of one size, also in the last row', () => {
  const rows = justify(ratios.slice(0, 13), 0, { ...shape, isSquare: true });
  expect(rows.map(({ boxes }) => boxes.length)).toEqual([5, 5, 3]);
  for (const { height, boxes } of rows)
    for (const { width } of boxes) expect([width, height]).toEqual([192, 192]);
});

test('a last row of one picture is no taller than the others, and a grid without width has no rows', () => {
  expect(justify([1], 0, shape)).toMatchObject([{ height: 200, boxes: [{ left: 0, width: 200 }] }]);
  expect(justify([1, 2], 0, { ...shape, width: 0 })).toEqual([]);
  expect(justify([], 0, shape)).toEqual([]);
});

test('a row is found by any pixel', () => {
  const rows = justify(ratios, 0, shape);
  for (const [i, { top, height }] of rows.entries()) {
    expect(rowAt(rows, top)).toBe(i);
    expect(rowAt(rows, top + height)).toBe(i);
  }
  expect([rowAt(rows, -5), rowAt(rows, 1e9), rowAt([], 3)]).toEqual([0, rows.length - 1, 0]);
});
