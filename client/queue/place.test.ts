import { expect, test } from 'vitest';
import { placeWord } from './place.ts';

test('a waiting job shows its place, or what keeps it from being started', () => {
  expect(placeWord({ position: 1, waitsFor: { reason: 'TURN' } })).toBe('Next');
  expect(placeWord({ position: 12, waitsFor: { reason: 'TURN' } })).toBe('Place 12');
  expect(placeWord({ position: 1, waitsFor: { reason: 'DISK_SPACE' } })).toBe('Disk full');
  expect(placeWord({ position: 1, waitsFor: { reason: 'NO_WORKER' } })).toBe('No worker');
  expect(placeWord(null)).toBe('Queued');
});
