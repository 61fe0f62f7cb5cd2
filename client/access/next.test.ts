import { expect, test } from 'vitest';
import { safeNext, signInHref } from './next.ts';

const next = (path: string | null) => safeNext(path, 'http://studio.test:3000');

test('after signing in one comes back to where one was', () => {
  const here = '/generate?lora=7#batch';
  const given = new URL(signInHref(here), 'http://studio.test:3000').searchParams.get('next');
  expect(next(given)).toBe(here);
  expect(signInHref('/')).toBe('/sign-in');
});

test('only to a page of ours', () => {
  for (const foreign of [
    'https://elsewhere.test/',
    '//elsewhere.test/',
    '/\\elsewhere.test/',
    '/\t/elsewhere.test/',
    '/.//elsewhere.test/',
    '/x/..//elsewhere.test/',
    'javascript:alert(1)',
    'http://studio.test:3001/',
    'queue',
    '',
    null,
  ])
    expect(next(foreign), String(foreign)).toBe('/');
});

test('never to a page for those who are not in: it would send one on for ever', () => {
  for (const door of ['/sign-in', '/sign-in/', '/sign-in?next=/queue', '/set-up', '/join#secret'])
    expect(next(door)).toBe('/');
});
