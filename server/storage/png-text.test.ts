import sharp from 'sharp';
import { expect, test } from 'vitest';
import { withoutTexts, withTexts } from './png-text.ts';

const drawn = () =>
  sharp({ create: { width: 70, height: 80, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();

test('texts go in and out again, and the picture stays as it is, byte for byte', async () => {
  const png = await drawn();
  const written = withTexts(png, { parameters: 'ein Bär', isengard: '{"seed":7}' });
  expect(written.includes('parameters')).toBe(true);
  expect((await sharp(written).metadata()).width).toBe(70);
  expect(withoutTexts(written)).toEqual(withoutTexts(png));
  expect(withoutTexts(png)).toEqual(png);
});

test('a file that ends in the middle of a chunk stays one that ends too early', async () => {
  const written = withTexts(await drawn(), { prompt: 'x'.repeat(500) });
  for (const length of [20, 60, 400, written.length - 5])
    expect(withoutTexts(written.subarray(0, length)).length).toBeLessThanOrEqual(length);
});
