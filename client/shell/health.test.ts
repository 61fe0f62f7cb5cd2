import { expect, test } from 'vitest';
import { healthOf } from './health.ts';

const engine = (label: string, isHealthy: boolean) => ({ label, isHealthy, message: 'So it says.' });

test('health says what one can do now', () => {
  expect(healthOf({ workers: 0, engines: [engine('Fast test', true)], paused: [] })).toMatchObject({
    tone: 'bad',
    words: 'No worker runs',
  });
  expect(healthOf({ workers: 1, engines: [engine('Fast test', true)], paused: [] }).words).toBe(
    '1 worker, ready',
  );
  const partly = healthOf({
    workers: 2,
    engines: [engine('AI-Toolkit', true), engine('ComfyUI', false)],
    paused: [],
  });
  const ready = { workers: 1, engines: [engine('Fast test', true)] };
  expect(healthOf({ ...ready, paused: ['Trainings', 'Generations'] })).toMatchObject({
    tone: 'warn',
    words: '1 worker, trainings and generations paused',
  });
  expect(partly).toMatchObject({ tone: 'warn', words: '2 workers, ComfyUI offline' });
});
