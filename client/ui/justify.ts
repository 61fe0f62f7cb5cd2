/** Where a picture is, in pixels from the left; its row has the rest. */
type Box = { left: number; width: number };
/** Pictures `start` to `end` (exclusive), side by side. */
export type GridRow = { start: number; end: number; top: number; height: number; boxes: readonly Box[] };

export type GridShape = {
  /** Of the grid, in pixels. */
  width: number;
  /** Of a row, about. */
  rowHeight: number;
  gap: number;
  isSquare: boolean;
};

/** Narrow strips and towers would be too small to see or as tall as the page. */
const bounded = (ratio: number) => Math.min(4, Math.max(0.4, ratio));

/**
 * Lays pictures out in rows as wide as the grid, from their ratios alone, so that nothing moves when they load. Rows are filled
 * from `anchor` on downwards and before it upwards: what is added at either end leaves all other rows as they are.
 */
export function justify(ratios: readonly number[], anchor: number, shape: GridShape): GridRow[] {
  const above = fill(ratios.slice(0, anchor).reverse(), shape).map(({ start, end, ...row }) => ({
    ...row,
    start: anchor - end,
    end: anchor - start,
    boxes: mirrored(row.boxes),
  }));
  const below = fill(ratios.slice(anchor), shape).map((row) => ({
    ...row,
    start: row.start + anchor,
    end: row.end + anchor,
  }));
  let top = 0;
  return [...above.reverse(), ...below].map((row) => {
    const placed = { ...row, top };
    top += row.height + shape.gap;
    return placed;
  });
}

type Unplaced = Omit<GridRow, 'top'>;

function fill(ratios: readonly number[], shape: GridShape): Unplaced[] {
  const { width, rowHeight, gap, isSquare } = shape;
  if (width <= 0) return [];
  const perRow = Math.max(1, Math.round((width + gap) / (rowHeight + gap)));
  const rows: Unplaced[] = [];
  let start = 0;
  let sum = 0;
  for (let at = 0; at < ratios.length; at++) {
    sum += isSquare ? 1 : bounded(ratios[at] ?? 1);
    const count = at + 1 - start;
    const room = width - gap * (count - 1);
    const isFull = isSquare ? count === perRow : room / sum <= rowHeight;
    if (!isFull && at < ratios.length - 1) continue;
    // The last row is no taller than the others because it has fewer pictures.
    const full = isSquare ? (width - gap * (perRow - 1)) / perRow : room / sum;
    const height = isFull ? full : Math.min(full, rowHeight);
    rows.push({ start, end: at + 1, height, boxes: boxesOf(ratios.slice(start, at + 1), height, shape) });
    start = at + 1;
    sum = 0;
  }
  return rows;
}

function boxesOf(ratios: readonly number[], height: number, { gap, isSquare }: GridShape): Box[] {
  let left = 0;
  return ratios.map((ratio) => {
    const width = isSquare ? height : bounded(ratio) * height;
    const box = { left, width };
    left += width + gap;
    return box;
  });
}

/** Filled from behind, and read from the front: the same widths, in their order. */
function mirrored(boxes: readonly Box[]): Box[] {
  const right = boxes.reduce((most, { left, width }) => Math.max(most, left + width), 0);
  return boxes.map(({ left, width }) => ({ left: right - left - width, width })).reverse();
}

/** The place of the row that has this pixel; the nearest when there is none. */
export function rowAt(rows: readonly GridRow[], y: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((rows[middle]?.top ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
