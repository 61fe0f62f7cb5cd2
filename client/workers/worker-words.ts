import type { WorkerState } from '../gql/graphql.ts';
import { formatBytes, formatClock } from '../ui/format.ts';
import type { Tone } from '../ui/Status.tsx';

type Report = { queue: string; isHealthy: boolean; message: string };
type Worker = { state: WorkerState; engineReports: readonly Report[]; lastSeenAt: string };

/** How a worker is, and what that means. An engine that is not well counts more than what the worker does. */
export function workerState(worker: Worker): { tone: Tone; word: string; meaning: string } {
  const unwell = worker.engineReports.filter((report) => !report.isHealthy);
  switch (worker.state) {
    case 'LOST':
      return {
        tone: 'bad',
        word: 'Lost',
        meaning: `Not heard of since ${formatClock(worker.lastSeenAt)}. What it had in hand goes to another worker.`,
      };
    case 'DRAINING':
      return { tone: 'warn', word: 'Draining', meaning: 'Finishes what it has in hand and takes no more.' };
    case 'DRAINED':
      return {
        tone: 'warn',
        word: 'Drained',
        meaning: 'Has nothing in hand and takes nothing. It can be stopped.',
      };
    case 'BUSY':
    case 'IDLE':
      if (unwell.length > 0)
        return {
          tone: 'warn',
          word: 'Engine offline',
          meaning: [...new Set(unwell.map(({ message }) => message))].join(' '),
        };
      return worker.state === 'BUSY'
        ? { tone: 'accent', word: 'Busy', meaning: 'Works on what it has in hand.' }
        : { tone: 'good', word: 'Idle', meaning: 'Takes the next job at once.' };
  }
}

/** `NVIDIA GeForce RTX 4090, 24 GB`. Graphics memory is sold in binary gigabytes. */
export function gpuWord(worker: {
  gpuName?: string | null;
  gpuMemoryBytes?: number | null;
}): string | undefined {
  if (worker.gpuName == null) return;
  if (worker.gpuMemoryBytes == null) return worker.gpuName;
  return `${worker.gpuName}, ${Math.round(worker.gpuMemoryBytes / 2 ** 30)} GB`;
}

type Gpu = {
  utilisation: number;
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  temperatureCelsius: number;
  powerWatts: number;
};

/** `97 % busy, 21 of 24 GB, 71 °C, 320 W`. */
export function gpuNow(gpu: Gpu): string {
  const percent = Math.round(100 * gpu.utilisation);
  return `${percent} % busy, ${formatBytes(gpu.memoryUsedBytes)} of ${formatBytes(gpu.memoryTotalBytes)}, ${Math.round(gpu.temperatureCelsius)} °C, ${Math.round(gpu.powerWatts)} W`;
}
