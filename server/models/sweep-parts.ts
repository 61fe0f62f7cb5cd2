import { rm, stat } from 'node:fs/promises';
import { env } from '../env.ts';
import { hasEnded, type Job } from '../jobs/jobs.ts';
import { log } from '../log.ts';
import { CATALOGUE } from './catalogue.ts';
import { partsOf } from './model-files.ts';

const HOUR_MS = 3600 * 1000;

/** The newest download of a model, if there was one. */
type LastOf = (modelId: string) => Promise<Pick<Job, 'state'> | null>;

/**
 * Removes what is left of downloads that nobody goes on with: at once of those that were cancelled, or came to their end; of those that
 * failed, or that no row tells of, when it is old, because the next try goes on with it. Resolves to how many there were.
 */
export async function sweepParts(lastOf: LastOf, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for (const model of CATALOGUE)
    for (const path of await partsOf(model)) {
      signal.throwIfAborted();
      if (!(await isLeft(path, await lastOf(model.id)))) continue;
      await rm(path, { force: true });
      removed++;
      log.info({ modelId: model.id, path }, 'What was left of a download was removed');
    }
  return removed;
}

async function isLeft(path: string, last: Awaited<ReturnType<LastOf>>): Promise<boolean> {
  if (last !== null && !hasEnded(last.state)) return false;
  if (last?.state === 'cancelled' || last?.state === 'completed') return true;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
  return Date.now() - mtimeMs > env.ORPHAN_HOURS * HOUR_MS;
}
