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
  { jobId, indexes }: { jobId: string; indexes: number[] },
  processes: ComfyProcess[],
  signal: AbortSignal,
): Promise<Map<number, ComfyProcess>> {
  const homes = new Map<number, ComfyProcess>();
  // With one there is no choice.
  if (processes.length < 2) return homes;
  await Promise.all(
    processes.map(async (process) => {
      const http = process.http.within({ signal, milliseconds: ANSWER_MS });
      for (const index of indexes) {
        const isHere = await has(http, promptIdOf(jobId, index));
        if (isHere === null) return;
        if (isHere) homes.set(index, process);
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
