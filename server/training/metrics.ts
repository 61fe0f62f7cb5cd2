import { asc, eq } from 'drizzle-orm';
import { trainingMetrics } from '#schema/training.ts';
import { db } from '../db.ts';

/** As charts of losses are smoothed in the field (TensorBoard's default is 0.6): an exponential moving average. */
const SMOOTHING = 0.9;

export type Metric = { step: number; loss: number; smoothedLoss: number; learningRate: number };

/**
 * The curve in at most `points` points. Each bucket of steps keeps its lowest and its highest loss as they were measured,
 * so a spike survives any zoom; the smoothed curve is computed over every step before.
 */
export async function metricsOf(jobId: string, points: number): Promise<Metric[]> {
  const rows = await db
    .select({
      step: trainingMetrics.step,
      loss: trainingMetrics.loss,
      learningRate: trainingMetrics.learningRate,
    })
    .from(trainingMetrics)
    .where(eq(trainingMetrics.jobId, jobId))
    .orderBy(asc(trainingMetrics.step));
  return thin(smooth(rows), points);
}

function smooth(rows: Omit<Metric, 'smoothedLoss'>[]): Metric[] {
  let average = 0;
  let weight = 0;
  // Divided by the weight so far (as Adam corrects its moments), or the curve would start at zero.
  return rows.map((row) => {
    average = SMOOTHING * average + (1 - SMOOTHING) * row.loss;
    weight = SMOOTHING * weight + (1 - SMOOTHING);
    return { ...row, smoothedLoss: average / weight };
  });
}

function thin(metrics: Metric[], points: number): Metric[] {
  if (metrics.length <= points) return metrics;
  const buckets = Math.max(1, Math.floor(points / 2));
  const kept: Metric[] = [];
  for (let i = 0; i < buckets; i++) {
    const bucket = metrics.slice(
      Math.floor((i * metrics.length) / buckets),
      Math.floor(((i + 1) * metrics.length) / buckets),
    );
    const lowest = bucket.reduce((a, b) => (b.loss < a.loss ? b : a));
    const highest = bucket.reduce((a, b) => (b.loss > a.loss ? b : a));
    kept.push(...(lowest === highest ? [lowest] : [lowest, highest].sort((a, b) => a.step - b.step)));
  }
  // The newest point is what people look at.
  const newest = metrics.at(-1);
  if (newest !== undefined && kept.at(-1)?.step !== newest.step) kept[kept.length - 1] = newest;
  return kept;
}
