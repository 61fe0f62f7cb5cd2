import type { GenerationImage, GenerationRun } from '../engine.ts';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import type { ComfyHttp } from './http.ts';
import type { ComfyProcess } from './process.ts';
import { promptIdOf } from './prompt-id.ts';

/** Who takes longer is asked no more. */
const ANSWER_MS = 5000;

/**
 * Which process has an image already, left by an earlier attempt that ended with its worker: there it is waited for, instead of being
 * made a second time on another one. Images that none has are not in the answer.
 */
export async function homesOf(
  { jobId, images }: Pick<GenerationRun, 'jobId' | 'images'>,
  processes: ComfyProcess[],
  signal: AbortSignal,
): Promise<Map<GenerationImage, ComfyProcess>> {
  const homes = new Map<GenerationImage, ComfyProcess>();
  // With one there is no choice.
  if (processes.length < 2) return homes;
  await Promise.all(
    processes.map(async (process) => {
      const http = process.http.within({ signal, milliseconds: ANSWER_MS });
      for (const image of images) {
        const isHere = await has(http, promptIdOf(jobId, image.index));
        if (isHere === null) return;
        if (isHere) homes.set(image, process);
      }
    }),
  );
  return homes;
}

/** Null when it does not answer. */
async function has(http: ComfyHttp, id: string): Promise<boolean | null> {
  try {
    const state = await http.state(id);
    return state.at !== 'nowhere' && (state.at !== 'ended' || state.how === 'succeeded');
  } catch (error) {
    if (error instanceof Unreachable || error instanceof UnexpectedAnswer) return null;
    throw error;
  }
}
