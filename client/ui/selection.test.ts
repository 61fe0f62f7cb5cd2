import { createSignal } from 'solid-js';
import { expect, test } from 'vitest';
import { createSelection } from './selection.ts';

const chosen = (selection: ReturnType<typeof createSelection>) => [...selection.ids()].sort();

test('one by one, and from one to another in either direction', () => {
  const selection = createSelection(() => ['a', 'b', 'c', 'd', 'e']);
  selection.toggle('b');
  selection.extendTo('d');
  expect(chosen(selection)).toEqual(['b', 'c', 'd']);
  selection.extendTo('a');
  expect(chosen(selection)).toEqual(['a', 'b', 'c', 'd']);
  selection.toggle('c');
  expect(chosen(selection)).toEqual(['a', 'b', 'd']);
  selection.clear();
  selection.extendTo('e');
  expect(chosen(selection)).toEqual(['e']);
});

test('what is gone is not selected any more, and what it began with may be gone', () => {
  const [list, setList] = createSignal(['a', 'b', 'c', 'd']);
  const selection = createSelection(list);
  selection.toggle('a');
  selection.toggle('b');
  setList(['a', 'c', 'd']);
  selection.drop(['b', 'x']);
  expect(chosen(selection)).toEqual(['a']);
  selection.extendTo('d');
  expect(chosen(selection)).toEqual(['a', 'd']);
  selection.extendTo('x');
  expect(chosen(selection)).toEqual(['a', 'd']);
});
