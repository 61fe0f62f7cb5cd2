import { expect, test } from 'vitest';
import { filterIn, isFiltered, queryOf, variablesOf } from './filter.ts';

test('an address says what is shown, and comes out as it went in', () => {
  const filter = filterIn({
    character: 'c1',
    favourite: '1',
    search: 'a red fox & more',
    lora: '',
    other: 'x',
  });
  expect(filter).toEqual({ character: 'c1', favourite: '1', search: 'a red fox & more' });
  expect(queryOf(filter)).toBe('?character=c1&favourite=1&search=a+red+fox+%26+more');
  expect(filterIn(Object.fromEntries(new URLSearchParams(queryOf(filter))))).toEqual(filter);
  expect([queryOf({}), isFiltered({}), isFiltered(filter)]).toEqual(['', false, true]);
});

test('days are whole days of whoever looks', () => {
  const { from, to } = variablesOf({ from: '2026-03-01', to: '2026-03-31' });
  expect([from, to]).toEqual([new Date(2026, 2, 1).toISOString(), new Date(2026, 3, 1).toISOString()]);
  expect(variablesOf({ from: 'yesterday', to: '' })).toMatchObject({ from: null, to: null });
  expect(variablesOf({ trash: '1' })).toMatchObject({ inTrash: true, isFavourite: null, search: null });
});
