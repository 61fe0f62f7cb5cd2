import { setTimeout as pause } from 'node:timers/promises';
import { askGpu, MEBIBYTE } from '../nvidia-smi.ts';
import type { GpuStats } from './engine.ts';

const EVERY_MS = 2000;
const FIELDS = ['utilization.gpu', 'memory.used', 'memory.total', 'temperature.gpu', 'power.draw'];

/**
 * Tells every two seconds what the GPU of this environment does, for as long as an engine works on it. On a machine without one it
 * tells nothing. `stop` ends it at once.
 */
export function watchGpu(
  tell: (gpu: GpuStats) => void,
  environment: NodeJS.ProcessEnv = process.env,
  everyMs = EVERY_MS,
): { stop(): void } {
  const ended = new AbortController();
  const { signal } = ended;
  async function watch() {
    while (!signal.aborted) {
      // One that cannot be asked now may be asked the next time; one that is not there will not come.
      const told = await askGpu(FIELDS, { environment, signal }).catch(() => []);
      if (told === null || signal.aborted) return;
      const gpu = statsOf(told.slice(1));
      if (gpu !== null) tell(gpu);
      await pause(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }
  void watch();
  return { stop: () => ended.abort() };
}

/** What a GPU does not tell (`[N/A]`) is 0, but its memory. */
export function statsOf(fields: string[]): GpuStats | null {
  const [utilisation = 0, used, total, temperature = 0, power = 0] = fields
    .map(Number.parseFloat)
    .map((value) => (Number.isFinite(value) ? value : undefined));
  if (fields.length !== FIELDS.length || used === undefined || total === undefined) return null;
  return {
    utilisation: utilisation / 100,
    memoryUsedBytes: used * MEBIBYTE,
    memoryTotalBytes: total * MEBIBYTE,
    temperatureCelsius: temperature,
    powerWatts: power,
  };
}
