import type { GridInput } from '../gql/graphql.ts';
import type { Draft } from './draft.ts';

/** The axes as they are typed; an empty one does not vary. In `loraIds`, null stands for no LoRA. */
export type GridDraft = {
  on: boolean;
  prompts: string;
  seeds: string;
  loraIds: (string | null)[];
  strengths: string;
};

export const EMPTY_GRID: GridDraft = { on: false, prompts: '', seeds: '', loraIds: [], strengths: '' };

const MOST_IMAGES = 64;

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');
const numbersOf = (text: string): number[] => wordsOf(text).map(Number);

const isSeed = (value: number) => Number.isSafeInteger(value) && value >= 0;
const isStrength = (value: number) => value >= 0 && value <= 2;

export function seedsProblem(text: string): string | undefined {
  const wrong = wordsOf(text).find((word) => !isSeed(Number(word)));
  return wrong === undefined ? undefined : `${wrong.slice(0, 20)} is no seed: a whole number from 0.`;
}

export function strengthsProblem(text: string): string | undefined {
  const wrong = wordsOf(text).find((word) => !isStrength(Number(word)));
  return wrong === undefined ? undefined : `${wrong.slice(0, 20)} is no strength: a number from 0 to 2.`;
}

type Drawn = Pick<Draft, 'count' | 'grid'>;

/** How many images the draft makes. */
export function imageCountOf({ count, grid }: Drawn): number {
  if (!grid.on) return count;
  const axes = [linesOf(grid.prompts), wordsOf(grid.seeds), grid.loraIds, wordsOf(grid.strengths)];
  return axes.reduce((product, { length }) => product * Math.max(1, length), 1);
}

/** Whether the grid has the prompts, so that the field above it is not drawn. */
export const hasGridPrompts = ({ grid }: Pick<Draft, 'grid'>) => grid.on && linesOf(grid.prompts).length > 0;
export const hasGridSeeds = ({ grid }: Pick<Draft, 'grid'>) => grid.on && wordsOf(grid.seeds).length > 0;

/** What keeps the grid from being started, in sentences. */
export function gridProblems(draft: Drawn & Pick<Draft, 'loras'>): string[] {
  const { grid } = draft;
  if (!grid.on) return [];
  const problems: string[] = [];
  const long = linesOf(grid.prompts).find((line) => [...line].length > 2000);
  if (long !== undefined) problems.push('A prompt of the grid is longer than 2,000 characters.');
  if (seedsProblem(grid.seeds) !== undefined) problems.push('A seed of the grid is not one.');
  if (strengthsProblem(grid.strengths) !== undefined)
    problems.push('A strength of the grid is out of range.');
  if (wordsOf(grid.strengths).length > 0 && grid.loraIds.length === 0 && draft.loras.length === 0)
    problems.push('Strengths need a LoRA that they are of.');
  const images = imageCountOf(draft);
  const isEmpty = gridInputOf(draft) === null;
  if (isEmpty) problems.push('Give the grid at least one thing that varies.');
  if (images > MOST_IMAGES) problems.push(`The grid has ${images} images; the limit is ${MOST_IMAGES}.`);
  return problems;
}

/** The axes as the API takes them; null when there is none. */
export function gridInputOf({ grid }: Pick<Draft, 'grid'>): GridInput | null {
  const orNull = <Item>(values: Item[]) => (values.length === 0 ? null : values);
  const input = {
    prompts: orNull(linesOf(grid.prompts)),
    seeds: orNull(numbersOf(grid.seeds)),
    loraIds: orNull([...grid.loraIds]),
    strengths: orNull(numbersOf(grid.strengths)),
  };
  const hasAxis = Object.values(input).some((axis) => axis !== null);
  return grid.on && hasAxis ? input : null;
}
