import { expect, test, vi } from 'vitest';
import { UnsupportedParameter } from '../capabilities.ts';
import { checkedConfig } from './config.ts';

vi.hoisted(() => {
  process.env.ISENGARD_MODE = 'production';
});

const alphaOf = async (baseModel: string, config: { rank?: number; alpha?: number }) =>
  (await checkedConfig({ characterId: '', baseModel, config })).config.alpha;

test('an alpha that would do nothing is refused, one that is the rank asks for nothing', async () => {
  const refused = alphaOf('flux.1-dev', { rank: 16, alpha: 8 });
  await expect(refused).rejects.toBeInstanceOf(UnsupportedParameter);
  await expect(refused).rejects.toMatchObject({ parameter: 'config.alpha' });
  // The rank of the preset.
  await expect(alphaOf('z-image-turbo', { alpha: 32 })).rejects.toBeInstanceOf(UnsupportedParameter);
  expect(await alphaOf('flux.1-dev', { rank: 8, alpha: 8 })).toBe(8);
  expect(await alphaOf('flux.1-dev', { rank: 32 })).toBe(32);
  expect(await alphaOf('sdxl', { rank: 16, alpha: 8 })).toBe(8);
});
