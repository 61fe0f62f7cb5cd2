/** Seconds until the end: the middle, and the range that the paces seen so far span. */
export type Eta = { seconds: number; lowSeconds: number; highSeconds: number };

/**
 * From two paces: the recent one, which knows nothing of pauses, and the average since the start, which has all of them
 * in it (samples, checkpoints, loading). The truth lies between, so they are the range.
 */
export function etaOf(progress: {
  step: number;
  steps: number;
  stepsPerSecond: number | null;
  elapsedSeconds: number | null;
}): Eta | null {
  const { step, steps, stepsPerSecond, elapsedSeconds } = progress;
  if (!stepsPerSecond || !elapsedSeconds || step === 0) return null;
  const left = Math.max(0, steps - step);
  const [lowSeconds = 0, highSeconds = 0] = [left / stepsPerSecond, (left * elapsedSeconds) / step].sort(
    (a, b) => a - b,
  );
  return { seconds: (lowSeconds + highSeconds) / 2, lowSeconds, highSeconds };
}

/** From the first start to the end, or until now; null before the first start. */
export function elapsedSecondsOf(job: { startedAt: Date | null; finishedAt: Date | null }): number | null {
  if (job.startedAt === null) return null;
  return ((job.finishedAt ?? new Date()).getTime() - job.startedAt.getTime()) / 1000;
}
