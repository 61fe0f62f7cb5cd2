import { expect, test } from 'vitest';
import { readinessOf } from './readiness.ts';

test('what is not ok is told in the words of the server', () => {
  const checks = { database: 'ok', migrations: 'ok', volume: 'failed (ENOSPC)' };
  expect(readinessOf({ status: 'not ready', checks })).toEqual({
    isReady: false,
    checks: [
      { name: 'Database', outcome: 'ok' },
      { name: 'Migrations', outcome: 'ok' },
      { name: 'Volume', outcome: 'failed (ENOSPC)' },
    ],
  });
  expect(readinessOf({ checks: { database: 'ok' } })?.isReady).toBe(true);
});

test('an answer of somebody else is none', () => {
  for (const body of [null, 'Bad gateway', { status: 'ready' }, { checks: null }])
    expect(readinessOf(body)).toBeUndefined();
});
