import { env } from '../env.ts';
import type { Attempt } from './attempt.ts';
import type { StopReason } from './lease.ts';

/** Aborts a run whose engine tells nothing for too long. What it tells is what the handler records. */
export function watchProgress(record: Attempt['record'], stop: AbortController) {
  const stall = () => stop.abort('stalled' satisfies StopReason);
  let timer = setTimeout(stall, env.STALL_SECONDS * 1000).unref();
  const sign = () => {
    clearTimeout(timer);
    timer = setTimeout(stall, env.STALL_SECONDS * 1000).unref();
  };
  return {
    // A record that waits for a database that is away is no silence of the engine.
    record: (async (...given) => {
      clearTimeout(timer);
      try {
        return await record(...given);
      } finally {
        sign();
      }
    }) satisfies Attempt['record'] as Attempt['record'],
    release: () => clearTimeout(timer),
  };
}
