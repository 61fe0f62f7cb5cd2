import { z } from 'zod';
import type { Grid } from '#schema/generation.ts';
import { type InputIssue, InvalidInput, parseInput } from '../errors.ts';
import { MAX_SEED } from '../seed.ts';
import { cellCount, GridTooLarge, MOST_CELLS } from './grid.ts';
import { Prompt, Strength } from './input-rules.ts';

export type GridInput = {
  prompts?: string[] | null;
  seeds?: number[] | null;
  loraIds?: (string | null | undefined)[] | null;
  strengths?: number[] | null;
};

const axis = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .min(1, 'Must have at least 1; leave it out when it does not vary.')
    .max(MOST_CELLS, `Must have at most ${MOST_CELLS}.`)
    .nullish()
    .transform((values) => values ?? null);

const Axes = z.object({
  prompts: axis(Prompt),
  seeds: axis(z.number().min(0).max(MAX_SEED)),
  loraIds: axis(
    z
      .string()
      .nullish()
      .transform((id) => id ?? null),
  ),
  strengths: axis(Strength),
});
export type Axes = z.output<typeof Axes>;

type Whole = {
  prompt?: string | null;
  seed?: number | null;
  count?: number | null;
  loras?: readonly unknown[] | null;
  grid?: GridInput | null;
};

/** The axes of a grid, checked, and held against what else is asked for. Null without one. */
export function checkedGrid({ grid, ...rest }: Whole): Axes | null {
  if (grid == null) return null;
  const axes = parseInput(z.object({ grid: Axes }), { grid }).grid;
  const issues = [...contradictions(axes, rest)];
  if (issues.length > 0) throw new InvalidInput(issues);
  const images = cellCount({ ...axes, loras: axes.loraIds });
  if (images > MOST_CELLS) throw new GridTooLarge(images);
  return axes;
}

function* contradictions(axes: Axes, { prompt, seed, count, loras }: Whole): Generator<InputIssue> {
  if (Object.values(axes).every((values) => values === null))
    yield { field: 'grid', message: 'Must have at least one axis.' };
  if (count != null)
    yield { field: 'count', message: 'A grid has as many images as its axes say; leave it out.' };
  if (axes.prompts !== null && prompt != null)
    yield { field: 'prompt', message: 'The grid has the prompts; leave it out.' };
  if (axes.seeds !== null && seed != null)
    yield { field: 'seed', message: 'The grid has the seeds; leave it out.' };
  if (axes.strengths !== null && axes.loraIds === null && (loras ?? []).length === 0)
    yield { field: 'grid.strengths', message: 'There is no LoRA whose strength could vary.' };
}

/** As it is kept, with LoRAs by their position. */
export const storedGrid = (
  { prompts, strengths, seeds, loraIds }: Axes,
  positionOf: (loraId: string) => number,
): Grid => ({
  ...{ prompts, strengths, seeds },
  loras: loraIds?.map((id) => (id === null ? null : positionOf(id))) ?? null,
});
