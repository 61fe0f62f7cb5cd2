import { rm, stat } from 'node:fs/promises';
import { env } from '../env.ts';
import { hasEnded } from '../jobs/jobs.ts';
import { log } from '../log.ts';
import { CATALOGUE, type CatalogueModel } from './catalogue.ts';
import { partsOf } from './model-files.ts';
import { lastDownloads } from './models.ts';

const HOUR_MS = 3600 * 1000;

/**
 * Removes what is left of downloads that nobody goes on with: at once of those that were cancelled, or came to their end; of those that
 * failed, or that no row tells of, when it is old, because the next try goes on with it. Resolves to how many there were.
 */
export async function sweepParts(signal?: AbortSignal): Promise<number> {
  let removed = 0;
  for (const model of CATALOGUE)
    for (const path of await partsOf(model)) {
      signal?.throwIfAborted();
      if (!(await isLeft(model, path))) continue;
      await rm(path, { force: true });
      removed++;
      log.info({ modelId: model.id, path }, 'What was left of a download was removed');
    }
  return removed;
}

async function isLeft({ id }: CatalogueModel, path: string): Promise<boolean> {
  const [last] = await lastDownloads([id]);
  if (last != null && !hasEnded(last.state)) return false;
  if (last?.state === 'cancelled' || last?.state === 'completed') return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > env.ORPHAN_HOURS * HOUR_MS;
}
