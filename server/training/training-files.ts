import { and, asc, eq, inArray } from 'drizzle-orm';
import { checkpoints, samples, trainings } from '#schema/training.ts';
import { db, type Tx } from '../db.ts';
import type { TrainingEvent } from '../engines/engine.ts';
import { isId } from '../errors.ts';
import { recordPicture } from '../jobs/made-pictures.ts';
import { removeFiles } from '../jobs/queue.ts';
import type { JobRun } from '../jobs/run.ts';
import { fileHash } from '../storage/hash.ts';
import { checkpointKey, sampleKey } from '../storage/keys.ts';
import type { StoredFile } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { worthKeeping } from './identity-loads.ts';
import type { SampleName } from './identity-record.ts';
import type { Training } from './training.ts';

type Event<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>;

export async function recordSample(
  run: JobRun,
  { id: jobId, training }: Training,
  event: Event<'sample'>,
): Promise<SampleName> {
  const { type, path, step, promptIndex, prompt, seed } = event;
  const key = sampleKey({ characterId: training.characterId, jobId, step, promptIndex });
  const events = [{ type, data: { step, promptIndex } }];
  const { sha256 } = await recordPicture(run, { path, key, events }, (tx, picture) => {
    const row = { prompt, seed, ...picture, isLookedAt: false, faceCount: null, identityScore: null };
    return tx
      .insert(samples)
      .values({ jobId, step, promptIndex, ...row })
      .onConflictDoUpdate({ target: [samples.jobId, samples.step, samples.promptIndex], set: row });
  });
  return { step, promptIndex, sha256 };
}

export async function recordCheckpoint(run: JobRun, training: Training, event: Event<'checkpoint'>) {
  const { type, path, step } = event;
  const jobId = training.id;
  const row = await fileHash(path);
  await using staged = await storage.stage(path);
  await run.record({ events: [{ type, data: { step } }] }, async (tx) => {
    // Under the job's lock, as with every file of a job (recordPicture).
    await staged.place(checkpointKey({ characterId: training.training.characterId, jobId, step }));
    await tx
      .insert(checkpoints)
      .values({ jobId, step, ...row })
      .onConflictDoUpdate({ target: [checkpoints.jobId, checkpoints.step], set: row });
    await pruneCheckpoints(tx, training);
  });
  await storage.discard(path);
}

/** Keeps the newest `keepCheckpoints`, those that are pinned, the best so far, and those whose samples are still to be compared. */
export async function pruneCheckpoints(tx: Tx, { id: jobId, training }: Training) {
  const unpinned = await tx
    .select({ id: checkpoints.id, step: checkpoints.step })
    .from(checkpoints)
    .where(and(eq(checkpoints.jobId, jobId), eq(checkpoints.isPinned, false)))
    .orderBy(asc(checkpoints.step));
  const older = unpinned.slice(0, -training.config.keepCheckpoints);
  if (older.length === 0) return;
  const worth = await worthKeeping(tx, jobId);
  const old = older.filter(({ id }) => !worth.has(id));
  if (old.length === 0) return;
  const ids = old.map(({ id }) => id);
  await tx.delete(checkpoints).where(inArray(checkpoints.id, ids));
  await removeFiles(
    tx,
    old.map(({ step }) => checkpointKey({ characterId: training.characterId, jobId, step })),
  );
}

export async function sampleFile(id: string): Promise<StoredFile | null> {
  if (!isId(id)) return null;
  const [row] = await db
    .select({ sample: samples, characterId: trainings.characterId })
    .from(samples)
    .innerJoin(trainings, eq(trainings.jobId, samples.jobId))
    .where(eq(samples.id, id));
  if (row === undefined) return null;
  const { step, promptIndex, sha256 } = row.sample;
  const key = sampleKey({ ...row.sample, characterId: row.characterId });
  return { key, sha256, type: 'image/png', name: `sample-${step}-${promptIndex + 1}.png` };
}

export async function checkpointFile(id: string): Promise<StoredFile | null> {
  if (!isId(id)) return null;
  const [row] = await db
    .select({ checkpoint: checkpoints, characterId: trainings.characterId, number: trainings.number })
    .from(checkpoints)
    .innerJoin(trainings, eq(trainings.jobId, checkpoints.jobId))
    .where(eq(checkpoints.id, id));
  if (row === undefined) return null;
  const { step, sha256 } = row.checkpoint;
  const key = checkpointKey({ ...row.checkpoint, characterId: row.characterId });
  return {
    key,
    sha256,
    type: 'application/octet-stream',
    name: `training-${row.number}-step-${step}.safetensors`,
  };
}
