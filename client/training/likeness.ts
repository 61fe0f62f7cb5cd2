/** A score of the server, 0 to 1, in words. */
export const likenessInWords = (score: number) => `${likenessInPercent(score)} alike`;
export const likenessInPercent = (score: number) => `${Math.round(score * 100)}\u00a0%`;

type Identity = { score: number; step: number; withFace: number; samples: number };

/** Of a checkpoint: how alike, and what one has to know of it: that it is of another step's samples, or that some show no face. */
export function identityInWords({ score, step, withFace, samples }: Identity, ofStep: number): string {
  const at = step === ofStep ? '' : ` at step ${step}`;
  const faces = withFace === samples ? '' : `, ${withFace} of ${samples} samples show a face`;
  return `${likenessInWords(score)}${at}${faces}`;
}

type Sample = { step: number; identityScore?: number | null | undefined };

/** The mean of each step whose samples were all compared, by step. */
export function likenessBySteps(samples: readonly Sample[]): ReadonlyMap<number, number> {
  const means = new Map<number, number>();
  for (const [step, group] of Map.groupBy(samples, (sample) => sample.step)) {
    const scores = group.map((sample) => sample.identityScore).filter((score) => score != null);
    if (scores.length === group.length) means.set(step, scores.reduce((a, b) => a + b, 0) / scores.length);
  }
  return means;
}
