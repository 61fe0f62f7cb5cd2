import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { log } from '../log.ts';
import { volumeTime } from '../storage/volume.ts';
import { type Looked, look, pathOf } from './walk.ts';

const QUARANTINE = 'cache/quarantine';
const KEPT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;
const DAY = /^\d{4}-\d\d-\d\d$/;

const today = async () => new Date(await volumeTime()).toISOString().slice(0, 10);

/**
 * On the same file system, so moving is a rename, and moving it back is one too. Resolves to its new key, or to null when
 * it stayed: `file` is how it looked, and another that came in its place in the last moment is put back.
 */
export async function moveToQuarantine(key: string, file: Looked): Promise<string | null> {
  const wanted = `${QUARANTINE}/${await today()}/${key}`;
  let to = wanted;
  // The same one twice a day; the first is not to be lost for that.
  for (let time = 2; (await look(to)) !== null; time++) to = `${wanted}~${time}`;
  await mkdir(pathOf(dirname(to)), { recursive: true });
  await rename(pathOf(key), pathOf(to));
  if ((await look(to))?.changedAt === file.changedAt) return to;
  await rename(pathOf(to), pathOf(key));
  return null;
}

/** The days whose files nobody missed for long enough. */
export async function emptyQuarantine() {
  const days = await readdir(pathOf(QUARANTINE)).catch(() => []);
  const now = await volumeTime();
  for (const day of days) {
    // What is not a day is not ours.
    if (!DAY.test(day) || !(now - Date.parse(day) > KEPT_DAYS * DAY_MS)) continue;
    try {
      await rm(pathOf(`${QUARANTINE}/${day}`), { recursive: true, force: true });
      log.info({ day }, `Quarantine was emptied of what lay there for ${KEPT_DAYS} days`);
    } catch (error) {
      log.warn({ error, day }, 'This day cannot be removed from quarantine');
    }
  }
}
