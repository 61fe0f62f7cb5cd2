export type MetricPoint = { step: number; loss: number; smoothedLoss: number; learningRate: number };
export type StepMetric = { step: number; loss: number; learningRate: number };

/** The part of the smoothed loss that stays at each step, as on the server. */
const SMOOTHING = 0.9;

/**
 * Adds what came after to the stored curve, and goes on with its smoothing. A training that resumed from a checkpoint
 * tells steps once more: then the curve is taken back to there, as in the database, so the step axis stays one line.
 */
export function addMetrics(points: readonly MetricPoint[], added: readonly StepMetric[]): MetricPoint[] {
  const next = [...points];
  for (const metric of added) {
    while ((next.at(-1)?.step ?? -1) >= metric.step) next.pop();
    const smoothedLoss = smooth(next.at(-1)?.smoothedLoss, metric);
    next.push({ ...metric, smoothedLoss });
  }
  return next;
}

/** The server divides the average by the weight that it has so far, or the curve would begin at zero; so do we. */
function smooth(before: number | undefined, metric: StepMetric): number {
  if (before === undefined) return metric.loss;
  const weight = 1 - SMOOTHING ** (metric.step - 1);
  const average = SMOOTHING * before * weight + (1 - SMOOTHING) * metric.loss;
  return average / (SMOOTHING * weight + (1 - SMOOTHING));
}
