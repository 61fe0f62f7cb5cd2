import { expect, test } from 'vitest';
import { verdictOn } from './failures.ts';

const first = { failures: 0 };

test('a disk that is full and not ours is told in the words of the engine, and tried again', async () => {
  const own = {
    ...{ code: 'DISK_FULL', message: 'The disk became full while it was writing.' },
    ...{ advice: 'Free some space, also where HF_HOME is.', suggestion: null },
  };
  const failure = Object.assign(new Error(own.message), { ...own, canRetry: true });
  expect(await verdictOn(first, failure)).toEqual({
    kind: 'retry',
    failure: own,
    seconds: expect.any(Number),
  });
});

test('a quota that is used up is told as what it may be', async () => {
  const error = new Error('It was not written.', { cause: Object.assign(new Error(), { code: 'EDQUOT' }) });
  expect(await verdictOn(first, error)).toMatchObject({
    kind: 'retry',
    failure: { code: 'DISK_FULL', message: expect.stringContaining('quota') },
  });
});
