import { expect, test } from 'vitest';
import { EMPTY } from './draft.ts';
import { gridInputOf, gridProblems, imageCountOf } from './grid-draft.ts';
import { tablesOf } from './grid-table.ts';

test('the two fastest axes are rows and columns, the others tables', () => {
  const grid = { prompts: ['a', 'b'], loras: [{ name: 'Mara' }, { name: null }], strengths: [0.5, 1, 2] };
  expect(tablesOf(grid)).toEqual([
    {
      ...{ title: 'a', columns: ['× 0.5', '× 1', '× 2'] },
      rows: [
        { label: 'Mara', indexes: [0, 1, 2] },
        { label: 'No LoRA', indexes: [3, 4, 5] },
      ],
    },
    {
      ...{ title: 'b', columns: ['× 0.5', '× 1', '× 2'] },
      rows: [
        { label: 'Mara', indexes: [6, 7, 8] },
        { label: 'No LoRA', indexes: [9, 10, 11] },
      ],
    },
  ]);
  expect(tablesOf({ seeds: [4, 9] })).toEqual([
    { title: '', columns: ['seed 4', 'seed 9'], rows: [{ label: '', indexes: [0, 1] }] },
  ]);
});

const draft = (grid: Partial<typeof EMPTY.grid>) => ({
  ...EMPTY,
  grid: { ...EMPTY.grid, on: true, ...grid },
});

test('axes are typed in lines and numbers, and counted before anything starts', () => {
  const typed = draft({ prompts: ' a \n\nb', seeds: '1, 2;3', strengths: '0.5 1', loraIds: [null, 'l1'] });
  expect(imageCountOf(typed)).toBe(24);
  expect(gridInputOf(typed)).toEqual({
    ...{ prompts: ['a', 'b'], seeds: [1, 2, 3], loraIds: [null, 'l1'], strengths: [0.5, 1] },
  });
  expect(gridProblems(typed)).toEqual([]);
  expect(imageCountOf({ ...typed, grid: { ...typed.grid, on: false } })).toBe(EMPTY.count);
  expect(gridProblems(draft({}))).toEqual(['Give the grid at least one thing that varies.']);
  expect(gridProblems(draft({ seeds: '1 -2', strengths: '3' }))).toEqual([
    'A seed of the grid is not one.',
    'A strength of the grid is out of range.',
    'Strengths need a LoRA that they are of.',
  ]);
  const many = Array.from({ length: 65 }, (_, i) => i).join(' ');
  expect(gridProblems(draft({ seeds: many }))).toEqual(['The grid has 65 images; the limit is 64.']);
});
