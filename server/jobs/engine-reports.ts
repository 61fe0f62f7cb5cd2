import { setTimeout as delay } from 'node:timers/promises';
import type { EngineReport } from '#schema/jobs.ts';
import type { EngineHealth } from '../engines/engine.ts';
import { log } from '../log.ts';

/** How the engine of a queue is; null for a queue without an engine. */
export type HealthOf = (queue: string) => Promise<EngineHealth> | null;

const PATIENCE_MS = 4000;

/** What the engines of these queues say of themselves; one that says nothing in time is not healthy. */
export async function reportsOf(queues: string[], healthOf: HealthOf): Promise<EngineReport[]> {
  const asked = queues.map(async (queue) => {
    const health = healthOf(queue);
    return health === null ? [] : [{ queue, ...(await inTime(health)) }];
  });
  return (await Promise.all(asked)).flat();
}

async function inTime(health: Promise<EngineHealth>): Promise<EngineHealth> {
  const late = new AbortController();
  const message = `It says nothing of itself within ${PATIENCE_MS / 1000} s.`;
  try {
    return await Promise.race([
      health,
      delay(PATIENCE_MS, { isHealthy: false, message }, { signal: late.signal }),
    ]);
  } catch (error) {
    log.warn({ error }, 'An engine does not say how it is');
    return { isHealthy: false, message: 'It cannot say how it is. The log of its worker has the reason.' };
  } finally {
    late.abort();
  }
}
