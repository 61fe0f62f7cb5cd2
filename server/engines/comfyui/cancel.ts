import { setTimeout as pause } from 'node:timers/promises';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import type { ComfyHttp } from './http.ts';
import type { PromptState } from './prompt-state.ts';
import type { Times } from './times.ts';

/** Of the time for a cancel: who says nothing for so long of it is not waited for. */
const SILENT = 1 / 3;

/**
 * Cancels one prompt until it is over: what waits is taken out of the queue, what runs is interrupted, and as either may come too
 * early or too late, it is asked again. Resolves to where the prompt is then: it may have succeeded all the same, and it may
 * still run when the time is over, in a node that cannot be interrupted.
 */
export async function cancelPrompt(of: {
  http: ComfyHttp;
  id: string;
  times: Pick<Times, 'cancelMs' | 'cancelEveryMs'>;
  /** Ends it before its own time is over. */
  signal: AbortSignal;
}): Promise<PromptState> {
  const { http, id, times, signal } = of;
  const deadline = Date.now() + times.cancelMs;
  let answeredAt = Date.now();
  let state: PromptState = { at: 'running' };
  let misses = 0;
  for (;;) {
    try {
      state = await http.state(id);
      answeredAt = Date.now();
      // On its way from the queue into the history it may be in neither for a moment.
      misses = state.at === 'nowhere' ? misses + 1 : 0;
      if (state.at === 'ended' || misses >= 2) return state;
      if (state.at !== 'nowhere') await http.cancel(id, state.at);
    } catch (error) {
      // It may be restarting, which cancels everything.
      if (!(error instanceof Unreachable) && !(error instanceof UnexpectedAnswer)) throw error;
    }
    const isSilent = Date.now() - answeredAt > times.cancelMs * SILENT;
    if (isSilent || signal.aborted || Date.now() > deadline) return state;
    await pause(times.cancelEveryMs);
  }
}
