import { and, asc, inArray, isNotNull, isNull, lt, lte, notInArray, type SQL, sql } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { removeFiles } from '../jobs/queue.ts';
import { log } from '../log.ts';
import { outputKey, thumbnailKey } from '../storage/keys.ts';
import { chosenIds, type Output, outputsInOrder } from './outputs.ts';

/** After so many days what is in the trash goes for good. */
export const TRASH_DAYS = 30;

/** Rows of one transaction, each with a file and two thumbnails. */
const AT_ONCE = 500;

const inTrash = isNotNull(outputs.deletedAt);

/** Puts images into the trash. Those that nothing has, or that are there already, are passed over. */
export async function deleteOutputs(ids: readonly string[]): Promise<Output[]> {
  const known = chosenIds(ids);
  return inOrder(
    known,
    await db
      .update(outputs)
      .set({ deletedAt: sql`now()` })
      .where(and(inArray(outputs.id, known), isNull(outputs.deletedAt)))
      .returning({ id: outputs.id }),
  );
}

/** Takes images back out of the trash, as they were. */
export async function restoreOutputs(ids: readonly string[]): Promise<Output[]> {
  const known = chosenIds(ids);
  return inOrder(
    known,
    await db
      .update(outputs)
      .set({ deletedAt: null })
      .where(and(inArray(outputs.id, known), inTrash))
      .returning({ id: outputs.id }),
  );
}

const inOrder = (ids: string[], rows: { id: string }[]) =>
  outputsInOrder(ids.filter((id) => rows.some((row) => row.id === id)));

export type Purged = { count: number; bytes: number };

/** Deletes images for good that are in the trash; others are passed over. */
export const purgeOutputs = async (ids: readonly string[]): Promise<Purged> =>
  purge(inArray(outputs.id, chosenIds(ids)));

/** Deletes for good all that is in the trash now. What comes into it meanwhile stays. */
export async function emptyTrash(): Promise<Purged> {
  const [asked] = await db.execute<{ at: string }>(sql`select now()::timestamptz(3)::text as at`);
  return purge(lte(outputs.deletedAt, sql`${asked?.at}::timestamptz`));
}

/** Deletes for good what lies in the trash since TRASH_DAYS. */
export async function sweepTrash(signal?: AbortSignal): Promise<Purged> {
  const isOld = lt(outputs.deletedAt, sql`now() - make_interval(days => ${TRASH_DAYS})`);
  const purged = await purge(isOld, signal);
  if (purged.count > 0) log.info(purged, 'Images were in the trash for long, and are gone');
  return purged;
}

/**
 * In portions, so that no transaction holds the gallery up. An image of a job that is open stays in the trash until that has
 * ended: a new attempt makes what is missing, and would make it again.
 */
async function purge(which: SQL, signal?: AbortSignal): Promise<Purged> {
  const total = { count: 0, bytes: 0 };
  for (;;) {
    signal?.throwIfAborted();
    const purged = await purgeSome(which);
    total.count += purged.length;
    for (const { bytes } of purged) total.bytes += bytes;
    if (purged.length < AT_ONCE) return total;
  }
}

const purgeSome = (which: SQL) =>
  db.transaction(async (tx) => {
    const open = tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(inArray(jobs.state, ['queued', 'running']));
    const due = tx
      .select({ id: outputs.id })
      .from(outputs)
      .where(and(inTrash, which, notInArray(outputs.jobId, open)))
      .orderBy(asc(outputs.deletedAt), asc(outputs.id))
      .limit(AT_ONCE)
      // Two who do it at once: each takes other rows.
      .for('update', { skipLocked: true });
    const purged = await tx.delete(outputs).where(inArray(outputs.id, due)).returning();
    await removeFiles(
      tx,
      // A thumbnail goes even if another image looks the same: it is made again when it is looked at.
      purged.flatMap((output) => [
        outputKey(output),
        thumbnailKey(output.sha256, 256),
        thumbnailKey(output.sha256, 1024),
      ]),
    );
    return purged;
  });
