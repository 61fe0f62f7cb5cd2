import type { Dir } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { isMissing } from '../storage/missing.ts';

/** Where files of rows are. What else is below `cache/` has owners of its own. */
const FOLDERS = [
  'uploads',
  'datasets',
  'synthetic',
  'characters',
  'loras',
  'outputs',
  'cache/previews',
  'cache/thumbnails',
];
/** So many keys go to the database at once: for thumbnails, each time is a look through whole tables. */
const BATCH = 5000;

export const pathOf = (key: string) => join(env.VOLUME_ROOT, key);

type Level = { key: string; dir: Dir; isEmpty: boolean };

/** Nothing for what is gone, or may not be read: the others are looked at all the same. */
const passOver = (key: string) => (error: unknown) => {
  if (!isMissing(error)) log.warn({ error, key }, 'This folder cannot be read');
  return null;
};

const openFolder = (key: string) => opendir(pathOf(key)).catch(passOver(key));

/** Null at the end. */
const nextOf = (level: Level) =>
  level.dir.read().catch((error: unknown) => {
    level.isEmpty = false;
    return passOver(level.key)(error);
  });

/**
 * The keys of all files below a folder, and, with a slash at the end, of the empty folders. One open folder a level is all that is
 * held, however many files there are. Hidden ones are passed over: no key begins with a dot, and file systems keep their own there.
 */
async function* keysBelow(folder: string): AsyncGenerator<string> {
  const start = await openFolder(folder);
  const levels: Level[] = start === null ? [] : [{ key: folder, dir: start, isEmpty: false }];
  try {
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const entry = await nextOf(level);
      if (entry === null) {
        levels.pop();
        await level.dir.close();
        if (level.isEmpty) yield `${level.key}/`;
        continue;
      }
      level.isEmpty = false;
      if (entry.name.startsWith('.')) continue;
      const key = `${level.key}/${entry.name}`;
      const dir = entry.isDirectory() ? await openFolder(key) : null;
      if (dir !== null) levels.push({ key, dir, isEmpty: true });
      else if (entry.isFile()) yield key;
    }
  } finally {
    for (const { dir } of levels) await dir.close();
  }
}

/** Everything that could belong to a row, in batches. */
export async function* keysOfVolume(signal?: AbortSignal): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for (const folder of FOLDERS)
    for await (const key of keysBelow(folder)) {
      if (batch.push(key) < BATCH) continue;
      signal?.throwIfAborted();
      yield batch;
      batch = [];
    }
  if (batch.length > 0) yield batch;
}

export const isFolder = (key: string) => key.endsWith('/');

export type Looked = { bytes: number /** Time of the last change, in milliseconds. */; changedAt: number };

/** A file or folder as it is now; null when it is not there. */
export async function look(key: string): Promise<Looked | null> {
  try {
    const { size, mtimeMs } = await stat(pathOf(key));
    return { bytes: size, changedAt: mtimeMs };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
