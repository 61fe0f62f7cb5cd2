import { count, desc, eq, inArray, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { loras } from '#schema/loras.ts';
import { checkpoints, samples, trainings } from '#schema/training.ts';
import { db, type Tx } from '../db.ts';
import { hasEnded } from '../jobs/jobs.ts';
import {
  type IdentityScore,
  type Round,
  type ScoredCheckpoint,
  type Scoring,
  scoreAt,
  scoreCheckpoints,
} from './identity-scores.ts';

type Db = typeof db | Tx;

/** What the scores of each training come from, by its id. */
async function scoringOfJobs(on: Db, ids: string[]): Promise<Map<string, Scoring>> {
  const rows = await on
    .select({
      id: jobs.id,
      step: jobs.step,
      state: jobs.state,
      config: trainings.config,
      lack: trainings.identityLack,
    })
    .from(jobs)
    .innerJoin(trainings, eq(trainings.jobId, jobs.id))
    .where(inArray(jobs.id, ids));
  const rounds = Map.groupBy(await roundsOf(on, ids), ({ jobId }) => jobId);
  return new Map(
    rows.map(({ id, step, state, config, lack }) => {
      const isUnderWay = !hasEnded(state) && lack === null && config.samplePrompts.length > 0;
      return [id, { config, step, isUnderWay, rounds: rounds.get(id) ?? [] }];
    }),
  );
}

/** Of each training, by its id: its checkpoints, the newest first, and those that are not decided about yet. */
async function scoresOfJobs(on: Db, jobIds: readonly string[]) {
  const ids = [...jobIds];
  const kept = await on
    .select()
    .from(checkpoints)
    .where(inArray(checkpoints.jobId, ids))
    .orderBy(desc(checkpoints.step));
  const byJob = Map.groupBy(kept, ({ jobId }) => jobId);
  const scorings = [...(await scoringOfJobs(on, ids))];
  return new Map(scorings.map(([id, scoring]) => [id, scoreCheckpoints(scoring, byJob.get(id) ?? [])]));
}

const roundsOf = (on: Db, jobIds: string[]): Promise<(Round & { jobId: string })[]> =>
  on
    .select({
      jobId: samples.jobId,
      step: samples.step,
      samples: count(),
      lookedAt: sql<number>`count(*) filter (where ${samples.isLookedAt})::int`,
      scored: sql<number>`count(${samples.identityScore})::int`,
      withFace: sql<number>`count(*) filter (where ${samples.faceCount} > 0)::int`,
      score: sql<number | null>`avg(${samples.identityScore})::float8`,
    })
    .from(samples)
    .where(inArray(samples.jobId, jobIds))
    .groupBy(samples.jobId, samples.step);

/** Of a training: the best of its checkpoints so far, and those that may be yet. */
export async function worthKeeping(tx: Tx, jobId: string): Promise<Set<string>> {
  const scores = (await scoresOfJobs(tx, [jobId])).get(jobId);
  const best = scores?.checkpoints.filter(({ isBest }) => isBest) ?? [];
  return new Set([...best, ...(scores?.undecided ?? [])].map(({ id }) => id));
}

/** Of each training, in the order of `jobIds`: the checkpoints that are kept, the newest first. */
export async function checkpointsOfJobs(jobIds: readonly string[]): Promise<ScoredCheckpoint[][]> {
  const scores = await scoresOfJobs(db, jobIds);
  return jobIds.map((id) => scores.get(id)?.checkpoints ?? []);
}

export async function findCheckpoint(
  jobId: string,
  isMeant: (checkpoint: ScoredCheckpoint) => boolean,
): Promise<ScoredCheckpoint | null> {
  const [ofJob = []] = await checkpointsOfJobs([jobId]);
  return ofJob.find(isMeant) ?? null;
}

export async function checkpointById(id: string): Promise<ScoredCheckpoint | null> {
  const [row] = await db.select({ jobId: checkpoints.jobId }).from(checkpoints).where(eq(checkpoints.id, id));
  return row === undefined ? null : findCheckpoint(row.jobId, (checkpoint) => checkpoint.id === id);
}

/** Of each LoRA, in the order of `ids`: the score at the step that its weights are of. */
export async function scoresOfLoras(ids: readonly string[]): Promise<(IdentityScore | null)[]> {
  const rows = await db
    .select({ id: loras.id, jobId: loras.jobId, step: loras.step })
    .from(loras)
    .where(inArray(loras.id, [...ids]));
  const jobIds = rows.map(({ jobId }) => jobId).filter((id) => id !== null);
  const scorings = await scoringOfJobs(db, [...new Set(jobIds)]);
  const byLora = new Map(
    rows.map(({ id, jobId, step }) => {
      const scoring = jobId === null ? undefined : scorings.get(jobId);
      return [id, scoring === undefined || step === null ? null : scoreAt(scoring, step)];
    }),
  );
  return ids.map((id) => byLora.get(id) ?? null);
}
