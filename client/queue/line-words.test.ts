import { expect, test } from 'vitest';
import { lineState, linesToShow, takesWord } from './line-words.ts';

const line = (name: string, values: object = {}) => ({
  ...{ name, isPaused: false, queued: 0, running: 0, workers: 1 },
  ...values,
});

test('a line says how it is, and what that means for what waits in it', () => {
  expect(lineState(line('training.a'))).toMatchObject({ word: 'Open', meaning: '1 worker takes these.' });
  expect(lineState(line('training.a', { isPaused: true, workers: 0 }))).toMatchObject({
    tone: 'warn',
    meaning: 'What runs goes on; nothing new starts.',
  });
  expect(lineState(line('training.a', { workers: 0 })).tone).toBe('muted');
  expect(lineState(line('training.a', { workers: 0, queued: 3 })).tone).toBe('warn');
});

test('lines of the engines of now come in the order of the work; others only when they hold something', () => {
  const lines = ['download.hub', 'generation.a', 'training.a', 'training.b'].map((name) =>
    line(name, { workers: 0, queued: name === 'training.b' ? 1 : 0 }),
  );
  expect(linesToShow(lines, ['training.a', 'generation.a']).map(({ name }) => name)).toEqual([
    'training.a',
    'training.b',
    'generation.a',
  ]);
});

test('what a worker takes is named once', () => {
  expect(takesWord(['training.a', 'generation.a', 'generation.b'])).toBe('trainings and generations');
});
