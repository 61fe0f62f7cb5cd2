import { NOBODY_READS } from '../events.ts';
import type { ComfyHttp } from './http.ts';
import { late } from './late.ts';
import type { Times } from './times.ts';

/** How work on one ComfyUI is stopped in time, also when that accepts questions and answers none. */
export type Stopping = {
  signal: AbortSignal;
  /** Aborts when the time for everything that is left to do after `signal` is over. */
  over: AbortSignal;
  /** For what is asked to clean up: until `over`, and never long for one answer. */
  closing: ComfyHttp;
};

/** One answer may take so long while there is something to clean up. */
const CLOSING_MS = 2500;

export function stoppingOf(
  http: ComfyHttp,
  { signal, times }: { signal: AbortSignal; times: Times },
): Stopping {
  const over = late(signal, times.cancelMs);
  return { signal, over, closing: http.within({ signal: over, milliseconds: CLOSING_MS }) };
}

/** Another attempt at the job has its prompts, or will have them: they are not cancelled and not forgotten. */
export const isLeftToOthers = ({ aborted, reason }: AbortSignal) =>
  aborted && (reason === 'lost' || reason === NOBODY_READS);
