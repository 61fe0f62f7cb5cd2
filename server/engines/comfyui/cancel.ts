import { setTimeout as pause } from 'node:timers/promises';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import type { ComfyHttp } from './http.ts';
import type { PromptState } from './prompt-state.ts';
import type { Times } from './times.ts';

/**
 * Cancels one prompt until it is over: what waits is taken out of the queue, what runs is interrupted, and as either may come too
 * early or too late, it is asked again. Resolves to where the prompt is then: it may have succeeded all the same, and it may
 * still run when the time is over, in a node that cannot be interrupted.
 */
export async function cancelPrompt(of: { http: ComfyHttp; id: string; times: Times }): Promise<PromptState> {
  const { http, id, times } = of;
  const deadline = Date.now() + times.cancelMs;
  let state: PromptState = { at: 'running' };
  let misses = 0;
  for (;;) {
    try {
      state = await http.state(id);
      // On its way from the queue into the history it may be in neither for a moment.
      misses = state.at === 'nowhere' ? misses + 1 : 0;
      if (state.at === 'ended' || misses >= 2) return state;
      if (state.at !== 'nowhere') await http.cancel(id, state.at);
    } catch (error) {
      // It may be restarting, which cancels everything.
      if (!(error instanceof Unreachable) && !(error instanceof UnexpectedAnswer)) throw error;
    }
    if (Date.now() > deadline) return state;
    await pause(times.cancelEveryMs);
  }
}
