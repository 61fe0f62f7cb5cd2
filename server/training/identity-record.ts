import { and, eq } from 'drizzle-orm';
import { samples, trainings } from '#schema/training.ts';
import type { Tx } from '../db.ts';
import { type Face, facesIn } from '../faces/faces.ts';
import type { Likeness } from '../faces/likeness.ts';
import type { JobRun } from '../jobs/run.ts';
import { sampleKey } from '../storage/keys.ts';
import { thumbnail } from '../storage/pictures.ts';
import { storage } from '../storage/volume.ts';
import { type PhotoFaces, reasonOf } from './identity-photos.ts';
import type { Training } from './training.ts';
import { pruneCheckpoints } from './training-files.ts';

/** `sha256` is of the picture: one that is drawn again meanwhile is another. */
export type SampleName = { step: number; promptIndex: number; sha256: string };

type Lack = typeof trainings.$inferSelect.identityLack;

/** Why nothing is compared, null for when it is; and what that means for the checkpoints that waited for it. */
export const recordLack = (run: JobRun, job: Training, { lack, warning }: { lack: Lack; warning?: string }) =>
  run.record({ logs: warning === undefined ? [] : [{ level: 'warn', message: warning }] }, async (tx) => {
    await tx.update(trainings).set({ identityLack: lack }).where(eq(trainings.jobId, job.id));
    if (lack !== null) await pruneCheckpoints(tx, job);
  });

/** What the samples will be compared with, or why they are not. */
export async function recordReference(run: JobRun, job: Training, { faces, photos, failures }: PhotoFaces) {
  if (failures.length > 0) {
    const message = `${failures.length} of ${photos} photos were not looked through for faces: ${failures.at(-1)}`;
    await run.record({ logs: [{ level: 'warn', message }] });
  }
  if (faces.length === 0)
    return recordLack(run, job, { lack: failures.length * 2 > photos ? 'failed' : 'no_face' });
  const message = `Samples are compared with the faces of ${faces.length} of ${photos} photos.`;
  return run.record({ logs: [{ level: 'info', message }] });
}

/** Writes down how much a sample is like the photos; or, and then false, that it could not be said. */
export async function scoreSample(
  run: JobRun,
  job: Training,
  { sample, likeness, signal }: { sample: SampleName; likeness: Likeness; signal: AbortSignal },
): Promise<boolean> {
  const { step, promptIndex, sha256 } = sample;
  const { id: jobId, training } = job;
  const write = (set: Pick<typeof samples.$inferInsert, 'faceCount' | 'identityScore'>) => async (tx: Tx) => {
    const isIt = and(
      ...[eq(samples.jobId, jobId), eq(samples.step, step), eq(samples.promptIndex, promptIndex)],
      eq(samples.sha256, sha256),
    );
    await tx
      .update(samples)
      .set({ isLookedAt: true, ...set })
      .where(isIt);
    await pruneCheckpoints(tx, job);
  };
  const faces = await facesOf({ ...sample, jobId, characterId: training.characterId }).catch(reasonOf);
  if (signal.aborted) return true;
  if (typeof faces === 'string') {
    const message = `Sample ${promptIndex + 1} of step ${step} was not compared with the photos: ${faces}`;
    await run.record({ logs: [{ level: 'warn', message }] }, write({ faceCount: null, identityScore: null }));
    return false;
  }
  const [largest] = faces;
  const scored = { faceCount: faces.length, identityScore: largest ? likeness(largest) : 0 };
  await run.record({ events: [{ type: 'score', data: { step, promptIndex } }] }, write(scored));
  return true;
}

/** In the thumbnail, which was made when the sample came. */
async function facesOf(sample: SampleName & { jobId: string; characterId: string }): Promise<Face[]> {
  const key = await thumbnail(sampleKey(sample), sample.sha256, 1024);
  return facesIn(await storage.localPath(key));
}
