import { eq, sql } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { outputs } from '#schema/generation.ts';
import { images } from '#schema/images.ts';
import { jobs } from '#schema/jobs.ts';
import { loras } from '#schema/loras.ts';
import { samples } from '#schema/training.ts';
import { isAmong } from '../connection.ts';
import { db, one, type Tx } from '../db.ts';
import { NotFound } from '../errors.ts';
import { endJobsOf } from '../jobs/cancel.ts';
import { removeFiles } from '../jobs/queue.ts';
import { charactersLorasKey, outputsKey, photosKey, previewsKey, thumbnailKey } from '../storage/keys.ts';
import { getCharacter, lockCharacters } from './characters.ts';
import { type CharacterContents, contentsOf, jobIdsOf } from './contents.ts';

/** Well below the size of a row of the queue that would be slow. */
const KEYS_A_MESSAGE = 1000;

/**
 * Forgets a person: the character, its photos, trainings and LoRAs, and every generation that shows it (`jobIdsOf`), all or
 * nothing. Its jobs stop. Files go right after, when no row names them any more. Resolves to what there was.
 */
export async function deleteCharacter(id: string): Promise<CharacterContents> {
  await getCharacter(id);
  for (;;) {
    const receipt = await deleteLocked(id);
    if (receipt !== null) return receipt;
  }
}

/** Null, with nothing done, when a job was started after the others were locked: then all has to be locked again. */
const deleteLocked = (id: string) =>
  db.transaction(async (tx) => {
    const jobIds = await lockAll(tx, id);
    if (jobIds === null) return null;
    const receipt = one(await contentsOf([id], tx));
    const keys = await keysOf(tx, id, jobIds);
    await endJobsOf(tx, jobIds);
    // Before the character: trainings hold on to the snapshots that would go with it.
    await tx.delete(jobs).where(isAmong(jobs.id, jobIds));
    await tx.delete(characters).where(eq(characters.id, id));
    for (let start = 0; start < keys.length; start += KEYS_A_MESSAGE)
      await removeFiles(tx, keys.slice(start, start + KEYS_A_MESSAGE));
    return receipt;
  });

/**
 * The ids of its jobs, with everything locked to which something could be added: who starts a training locks the character,
 * who starts a generation all whom it shows. In the order of all locks (`lockCharacters`), so a job that was started between
 * the first look and the locks cannot be locked any more: null.
 */
async function lockAll(tx: Tx, id: string): Promise<string[] | null> {
  const showing = sql`${jobs.id} in ${jobIdsOf(sql`${id}::uuid`)}`;
  const locked = await tx.select({ id: jobs.id }).from(jobs).where(showing).orderBy(jobs.id).for('update');
  const found = await lockCharacters(tx, [id], 'update');
  if (found.length === 0) throw new NotFound('character', id);
  await tx
    .select({ id: loras.id })
    .from(loras)
    .where(eq(loras.characterId, id))
    .orderBy(loras.id)
    .for('update');
  const ids = new Set(locked.map((job) => job.id));
  const all = await tx.select({ id: jobs.id }).from(jobs).where(showing);
  return all.every((job) => ids.has(job.id)) ? [...ids] : null;
}

async function keysOf(tx: Tx, id: string, jobIds: string[]): Promise<string[]> {
  const ofJobs = { samples: isAmong(samples.jobId, jobIds), outputs: isAmong(outputs.jobId, jobIds) };
  const pictures = [
    ...(await tx.select({ sha256: images.sha256 }).from(images).where(eq(images.characterId, id))),
    ...(await tx.select({ sha256: samples.sha256 }).from(samples).where(ofJobs.samples)),
    ...(await tx.select({ sha256: outputs.sha256 }).from(outputs).where(ofJobs.outputs)),
  ];
  // A thumbnail goes even if another character has the same photo: it is made again when it is looked at.
  const shown = new Set(pictures.map(({ sha256 }) => sha256));
  return [
    photosKey(id),
    charactersLorasKey(id),
    ...jobIds.flatMap((jobId) => [outputsKey(jobId), previewsKey(jobId)]),
    ...[...shown].flatMap((sha256) => [thumbnailKey(sha256, 256), thumbnailKey(sha256, 1024)]),
  ];
}
