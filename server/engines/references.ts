import type { GenerationToggles } from './engine.ts';

/** The same toggles with their pictures named in another way: by a path, or by what an engine calls them. */
export async function mapReferences<From, To>(
  { initImage, controlNet, ipAdapter, ...others }: GenerationToggles<From>,
  nameOf: (reference: From, isMask: boolean) => Promise<To>,
): Promise<GenerationToggles<To>> {
  return {
    ...others,
    initImage: initImage && {
      ...initImage,
      reference: await nameOf(initImage.reference, false),
      mask: initImage.mask && (await nameOf(initImage.mask, true)),
    },
    controlNet: controlNet && { ...controlNet, reference: await nameOf(controlNet.reference, false) },
    ipAdapter: ipAdapter && { ...ipAdapter, reference: await nameOf(ipAdapter.reference, false) },
  };
}
