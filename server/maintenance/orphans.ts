import { rmdir } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { db } from '../db.ts';
import { isConnectionLost } from '../db-errors.ts';
import { env } from '../env.ts';
import { awaitingRemoval } from '../jobs/queue.ts';
import { log } from '../log.ts';
import { prepareVolume, volumeTime } from '../storage/volume.ts';
import { lockWritersOf, namedKeys } from './named-files.ts';
import { emptyQuarantine, moveToQuarantine } from './quarantine.ts';
import { isFolder, keysOfVolume, type Looked, look, pathOf } from './walk.ts';

/** Younger ones may belong to an upload or a job that has not written its row yet. */
export const GRACE_MS = env.ORPHAN_HOURS * 3600 * 1000;

/** `now` is the volume's and from before the look, so that a file which came in between is young. */
type Age = { now: number; graceMs: number };
const isOld = ({ changedAt }: Looked, { now, graceMs }: Age) => now - changedAt > graceMs;

async function isOlderThan(age: Age, key: string) {
  const found = await look(key);
  return found !== null && isOld(found, age);
}

/** Of these files, those that are old enough to have a row by now, and have none, nor wait for their removal. */
export async function orphansAmong(keys: string[], graceMs: number): Promise<string[]> {
  const named = await namedKeys(db, keys);
  const unnamed = keys.filter((key) => !named.has(key));
  if (unnamed.length === 0) return [];
  const age = { now: await volumeTime(), graceMs };
  const old: string[] = [];
  for (const key of unnamed) if (await passOver(key, () => isOlderThan(age, key))) old.push(key);
  if (old.length === 0) return [];
  // Rows go first, and in the same transaction their files get into this line: so it is looked at after the rows.
  const leaving = await awaitingRemoval(db, old);
  return old.filter((key) => !leaving.has(key));
}

/** Looks again where nobody can write its row meanwhile. Resolves to its key in quarantine, or null when it may stay. */
const setAside = (key: string, graceMs: number) =>
  db.transaction(async (tx) => {
    await lockWritersOf(tx, key);
    if ((await namedKeys(tx, [key])).has(key)) return null;
    if ((await awaitingRemoval(tx, [key])).has(key)) return null;
    // The same content may have come again since we looked: then it has a new file, and its row is on the way.
    const now = await volumeTime();
    const file = await look(key);
    if (file === null || !isOld(file, { now, graceMs })) return null;
    return moveToQuarantine(key, file);
  });

/** What is left of folders whose files went; a new one is about to get some. One that is in use makes `rmdir` fail. */
async function removeEmpty(folder: string) {
  const age = { now: await volumeTime(), graceMs: GRACE_MS };
  if (await isOlderThan(age, folder)) await rmdir(pathOf(folder)).catch(() => {});
}

/** One that may not be touched, or is locked by a job for long, keeps no other from being looked at. */
async function passOver<Result>(key: string, work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    // It would be no better for the others.
    if (isConnectionLost(error)) throw error;
    log.warn({ error, key }, 'This cannot be swept, going on with the rest');
    return null;
  }
}

type Sweep = { graceMs?: number; signal?: AbortSignal; onMoved?: (key: string, to: string) => void };

/** Clears away leftovers, and moves what no row names into quarantine, file by file. Resolves to how many were moved. */
export async function sweepOrphans({ graceMs = GRACE_MS, signal, onMoved }: Sweep = {}): Promise<number> {
  // First, so that nothing of what follows keeps it from being done.
  await passOver('cache/quarantine/', emptyQuarantine);
  await passOver('cache/tmp/', prepareVolume);
  let moved = 0;
  for await (const keys of keysOfVolume(signal)) {
    for (const folder of keys.filter(isFolder)) await passOver(folder, () => removeEmpty(folder));
    const files = keys.filter((key) => !isFolder(key));
    const orphans = await passOver(files.at(0) ?? '', () => orphansAmong(files, graceMs));
    for (const key of orphans ?? []) {
      signal?.throwIfAborted();
      const to = await passOver(key, () => setAside(key, graceMs));
      if (to === null) continue;
      moved++;
      log.warn({ key, to }, 'No row names this file; it was moved to quarantine');
      onMoved?.(key, to);
    }
  }
  return moved;
}

/** A database without any file is more likely the wrong one for this volume than one that lost everything. */
export async function knowsFiles(): Promise<boolean> {
  const tables = ['images', 'reference_images', 'loras', 'checkpoints', 'samples', 'outputs'];
  const some = tables.map((name) => sql`exists (select from ${sql.identifier(name)})`);
  const [row] = await db.execute<{ known: boolean }>(sql`select ${sql.join(some, sql` or `)} as known`);
  return row?.known ?? false;
}
