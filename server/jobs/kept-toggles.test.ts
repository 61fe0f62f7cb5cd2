import { expect, test } from 'vitest';
import { withAllToggles } from './kept-toggles.ts';

type Kept = Parameters<typeof withAllToggles>[0];

/** As the version before wrote them. */
const kept = (controlNet: object | null) =>
  ({
    prompt: 'a photo',
    toggles: { controlNet, ipAdapter: null, faceDetailer: null, upscale: { factor: 2 } },
  }) as unknown as Kept;

test('toggles of the version before have all that those of this one have', () => {
  const reference = { kind: 'image', id: 'a' };
  const used = { mode: 'canny', reference, strength: 1 };
  expect(withAllToggles(kept(used))).toEqual({
    prompt: 'a photo',
    toggles: {
      initImage: null,
      controlNet: { ...used, isMap: false },
      ipAdapter: null,
      faceDetailer: null,
      upscale: { factor: 2 },
    },
  });
  expect(withAllToggles(kept(null)).toggles).toMatchObject({ initImage: null, controlNet: null });
});
