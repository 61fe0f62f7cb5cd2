import { expect, test } from 'vitest';
import { commonReason, downloadWord, groupsOf } from './models.ts';

const model = (id: string, more: object = {}) => ({ id, group: 'SDXL', isInstalled: false, ...more });

test('models stand in their groups, which say what is there as far as it is known', () => {
  const groups = groupsOf([
    model('a', { isInstalled: true }),
    model('b', { group: 'FLUX.1', isInstalled: null }),
    model('c'),
    model('d', { isInstalled: true, problem: 'Too short.' }),
  ]);
  expect(groups.map(({ name, words, models }) => [name, words, models.map(({ id }) => id)])).toEqual([
    ['SDXL', '1 of 3 installed', ['a', 'c', 'd']],
    ['FLUX.1', '', ['b']],
  ]);
});

test('a reason that all share is said once, and one that some have is not', () => {
  const none = { unsupported: 'No worker.' };
  expect(commonReason([model('a', none), model('b', none)])).toBe('No worker.');
  expect(commonReason([model('a', none), model('b', { isInstalled: true, unsupported: 'Installed.' })])).toBe(
    'No worker.',
  );
  expect(commonReason([model('a', none), model('b', { ...none, problem: 'Too short.' })])).toBe('No worker.');
  expect(commonReason([model('a', none), model('b')])).toBeUndefined();
  expect(commonReason([model('a', { isInstalled: true, unsupported: 'Installed.' })])).toBeUndefined();
});

test('a download says what it does, or what it waits for', () => {
  const running = { state: 'RUNNING', isCancelling: false };
  expect(downloadWord({ ...running, stage: 'VERIFYING' })).toBe('Checking the file');
  expect(downloadWord({ ...running, isCancelling: true, stage: 'DOWNLOADING' })).toBe('Stopping');
  const place = (reason: string) => ({ position: 1, waitsFor: { reason, message: 'It waits.' } });
  const waiting = { state: 'QUEUED', isCancelling: false };
  expect(downloadWord({ ...waiting, place: place('TURN') })).toBe('Waiting for its turn');
  expect(downloadWord({ ...waiting, place: place('NO_WORKER') })).toBe('It waits.');
});
