import type { generations } from '#schema/generation.ts';

type Kept = typeof generations.$inferSelect;

/** A process of the version before may go on for a while after a migration: what its rows lack has the value that it had then. */
export function withAllToggles(kept: Kept): Kept {
  const { initImage = null, controlNet, ...toggles }: Kept['toggles'] = kept.toggles;
  return {
    ...kept,
    toggles: {
      ...toggles,
      initImage,
      controlNet: controlNet && { ...controlNet, isMap: controlNet.isMap ?? false },
    },
  };
}
