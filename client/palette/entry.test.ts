import { expect, test } from 'vitest';
import { type Entry, search } from './entry.ts';

const icon = () => null;
const ENTRIES: Entry[] = [
  { id: 'queue', group: 'Go to', label: 'Queue', icon, words: 'jobs waiting' },
  { id: 'new', group: 'Do', label: 'New character', icon },
  { id: 'mara', group: 'Characters', label: 'Mara', note: 'mara_v', icon },
  { id: 'train', group: 'Do', label: 'Train Mara', icon, isHidden: true },
];
const found = (text: string) =>
  search(ENTRIES, text).map(({ name, entries }) => [name, ...entries.map(({ id }) => id)]);

test('nothing typed shows what there is, in its order, without what only a search is for', () => {
  expect(found(' ')).toEqual([
    ['Go to', 'queue'],
    ['Do', 'new'],
    ['Characters', 'mara'],
  ]);
});

test('the group of what fits best comes first', () => {
  expect(found('mara')).toEqual([
    ['Characters', 'mara'],
    ['Do', 'train'],
  ]);
  expect(found('train')).toEqual([['Do', 'train']]);
  expect(found('waiting')).toEqual([['Go to', 'queue']]);
  expect(found('mara_v')).toEqual([['Characters', 'mara']]);
  expect(found('wait')).toEqual([['Go to', 'queue']]);
  expect(found('jbs')).toEqual([]);
});
