import { expect, test } from 'vitest';
import { fuzzyMatch } from './fuzzy.ts';

const rank = (search: string, texts: string[]) =>
  texts
    .map((text) => ({ text, score: fuzzyMatch(search, text)?.score }))
    .filter(({ score }) => score !== undefined)
    .sort((a, b) => Number(b.score) - Number(a.score))
    .map(({ text }) => text);

test('letters in their order are enough, and those that begin words come first', () => {
  expect(rank('gal', ['Legal', 'Gallery', 'Queue'])).toEqual(['Gallery', 'Legal']);
  expect(rank('tr ma', ['Train Mara', 'Mara · training 7', 'Train Ash'])).toEqual([
    'Train Mara',
    'Mara · training 7',
  ]);
  expect(rank('set', ['API keys', 'Settings'])).toEqual(['Settings']);
  expect(rank('qeue', ['Queue'])).toEqual(['Queue']);
  expect(rank('mara', ['Generate with Mara v1', 'Mara'])).toEqual(['Mara', 'Generate with Mara v1']);
});

test('what it says is where the letters stand', () => {
  expect(fuzzyMatch('tm', 'Train Mara')?.at).toEqual([0, 6]);
  expect(fuzzyMatch('mar', 'Remark Mara')?.at).toEqual([7, 8, 9]);
  expect(fuzzyMatch('', 'Anything')?.at).toEqual([]);
});

test('letters that are there by chance are no match', () => {
  expect(fuzzyMatch('eau', 'Generate a queue')).toBeNull();
  expect(fuzzyMatch('x', 'Queue')).toBeNull();
});
