import { setTimeout as pause } from 'node:timers/promises';
import { EngineFailure } from '../failure.ts';
import { UnexpectedAnswer, Unreachable } from './asking.ts';
import { badAnswer, unreachable } from './failures.ts';

const AGAIN_MS = 300;

/** Asks again while ComfyUI is away, which it is for a restart too; after `downMs` without an answer it is unreachable. */
export async function patiently<Result>(
  ask: () => Promise<Result>,
  { downMs, signal }: { downMs: number; signal?: AbortSignal },
): Promise<Result> {
  const since = Date.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isPassing =
        error instanceof Unreachable || (error instanceof UnexpectedAnswer && error.status >= 500);
      if (!isPassing) throw asFailure(error);
      if (Date.now() - since > downMs || signal?.aborted) throw asFailure(error);
    }
    await pause(AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

/** Whatever a call throws, as what the job's history has. */
export function asFailure(error: unknown): unknown {
  if (error instanceof EngineFailure) return error;
  if (error instanceof Unreachable) return unreachable();
  if (error instanceof UnexpectedAnswer) return badAnswer(error.status);
  return error;
}
