import { expect, test } from 'vitest';
import { nameContents } from './contents.ts';

const nothing = { images: 0, loras: 0, trainings: 0, generations: 0, samples: 0, outputs: 0, bytes: 0 };

test('what goes is named, what is not there is not', () => {
  expect(nameContents({ ...nothing, images: 24, loras: 3, outputs: 118, bytes: 1_200_000_000 })).toBe(
    '24 photos, 3 LoRAs, and 118 images (1.2 GB)',
  );
  expect(nameContents(nothing)).toBe('the character, which is empty');
});
