import { expect, test } from 'vitest';
import { beforeWhom, type Order, withMoved } from './line-order.ts';

const whole: Order = { first: 'a', behind: undefined, page: ['a', 'b', 'c'], ahead: [] };
const middle: Order = { first: 'a', behind: 'h', page: ['i', 'j'], ahead: ['k', 'l'] };

test('up, down and first name the job that comes after it then', () => {
  expect(beforeWhom(whole, 'b', 'up')).toBe('a');
  expect(beforeWhom(whole, 'a', 'down')).toBe('c');
  expect(beforeWhom(whole, 'b', 'down'), 'the end of the line').toBe(null);
  expect(beforeWhom(whole, 'c', 'first')).toBe('a');
});

test('who stands there already is not moved', () => {
  expect(beforeWhom(whole, 'a', 'up')).toBeUndefined();
  expect(beforeWhom(whole, 'a', 'first')).toBeUndefined();
  expect(beforeWhom(whole, 'c', 'down')).toBeUndefined();
  expect(beforeWhom(whole, 'gone', 'up')).toBeUndefined();
});

test('a page of a long line reaches beyond its ends', () => {
  expect(beforeWhom(middle, 'i', 'up')).toBe('h');
  expect(beforeWhom(middle, 'i', 'first')).toBe('a');
  expect(beforeWhom(middle, 'j', 'down')).toBe('l');
});

test('the page is shown in its new order before the server has answered', () => {
  const page = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  expect(withMoved(page, 'c', 'a').map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  expect(withMoved(page, 'a', null).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  expect(withMoved(page, 'gone', 'a')).toEqual(page);
});
