import type { trainings } from '#schema/training.ts';

const PROBLEMS: Record<NonNullable<typeof trainings.$inferSelect.identityLack>, string> = {
  off: 'Samples are not compared with the photos: IDENTITY_SCORES is off.',
  no_face: 'Samples are not compared with the photos: too few of the photos show one clear face.',
  failed: 'Samples are not compared with the photos: it went wrong, and the log says how.',
};

/** Why a training has no identity scores, in one sentence; null when it has, or when it is not known yet. */
export function identityProblemOf({ identityLack, config }: typeof trainings.$inferSelect): string | null {
  if (config.samplePrompts.length === 0) return 'Nothing is compared with the photos: it draws no samples.';
  return identityLack === null ? null : PROBLEMS[identityLack];
}
