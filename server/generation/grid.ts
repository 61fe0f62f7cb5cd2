import type { Grid } from '#schema/generation.ts';
import { UserError } from '../errors.ts';

export const MOST_CELLS = 64;

export class GridTooLarge extends UserError {
  readonly code = 'GRID_TOO_LARGE';
  readonly images: number;
  readonly limit = MOST_CELLS;

  constructor(images: number) {
    super(`The grid has ${images} images; the limit is ${MOST_CELLS}.`);
    this.images = images;
  }
}

/** Where an image stands: its place on each axis, from 0; null on one that is not there. */
export type Cell = Record<keyof Grid, number | null>;

/** The order of the axes in the count of images: of the first the place changes slowest. */
const AXES = ['prompts', 'loras', 'strengths', 'seeds'] as const satisfies (keyof Grid)[];

export const cellCount = (grid: { [Axis in keyof Grid]: readonly unknown[] | null }): number =>
  AXES.reduce((count, axis) => count * (grid[axis]?.length ?? 1), 1);

export function cellOf(grid: Grid, index: number): Cell {
  const cell: Cell = { prompts: null, loras: null, strengths: null, seeds: null };
  let rest = index;
  for (const axis of AXES.toReversed()) {
    const length = grid[axis]?.length;
    if (length === undefined) continue;
    cell[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return cell;
}

/** All of them by the same, around where seeds end, so that those that differ still do. */
export const movedSeeds = (seeds: number[], by: number): number[] =>
  seeds.map((seed) => Number((BigInt(seed) + BigInt(by)) % 2n ** 53n));
