import { UnexpectedAnswer, Unreachable } from './asking.ts';
import type { ComfyProcess } from './process.ts';
import { promptIdOf } from './prompt-id.ts';

/**
 * Which process has an image already, left by an earlier attempt that ended with its worker: there it is waited for, instead of being
 * made a second time on another one. Images that none has are not in the answer.
 */
export async function homesOf(
  { jobId, indexes }: { jobId: string; indexes: number[] },
  processes: ComfyProcess[],
): Promise<Map<number, ComfyProcess>> {
  const homes = new Map<number, ComfyProcess>();
  // With one there is no choice.
  if (processes.length < 2) return homes;
  await Promise.all(
    processes.map(async (process) => {
      for (const index of indexes)
        if (await has(process, promptIdOf(jobId, index))) homes.set(index, process);
    }),
  );
  return homes;
}

async function has({ http }: ComfyProcess, id: string): Promise<boolean> {
  try {
    const state = await http.state(id);
    return state.at !== 'nowhere' && (state.at !== 'ended' || state.how === 'succeeded');
  } catch (error) {
    if (error instanceof Unreachable || error instanceof UnexpectedAnswer) return false;
    throw error;
  }
}
