import { expect, test } from 'vitest';
import { reportsOf } from './engine-reports.ts';

test('an engine that cannot say how it is, or has none to ask, keeps nobody from telling', async () => {
  const reports = await reportsOf(['training.broken', 'download.files', 'generation.well'], (queue) => {
    if (queue === 'download.files') return null;
    return queue === 'training.broken'
      ? Promise.reject(new Error('secret'))
      : Promise.resolve({ isHealthy: true, message: 'Ready.' });
  });
  expect(reports).toEqual([
    { queue: 'training.broken', isHealthy: false, message: expect.not.stringContaining('secret') },
    { queue: 'generation.well', isHealthy: true, message: 'Ready.' },
  ]);
});

test('an engine that does not answer is not healthy, and is not waited for', async () => {
  const [report] = await reportsOf(['training.silent'], () => new Promise(() => {}));
  expect(report).toMatchObject({ isHealthy: false, message: 'It says nothing of itself within 4 s.' });
});
