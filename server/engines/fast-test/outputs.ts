import { rm, stat } from 'node:fs/promises';
import { EngineFailure } from '../failure.ts';
import type { Behaviour } from './faults.ts';

/** Last look at a file before it is told: it is there and has something in it. */
export async function checkOutput(path: string, { fault }: Behaviour): Promise<void> {
  if (fault?.kind === 'lose-output') await rm(path);
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > 0) return;
  const message = `The engine's output ${path} is missing.`;
  const advice =
    'Check that the volume has free space and nothing else removes files from it, then try again.';
  throw new EngineFailure({ code: 'OUTPUT_MISSING', message, advice, canRetry: true });
}
