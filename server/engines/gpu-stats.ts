import { execFile } from 'node:child_process';
import type { GpuStats } from './engine.ts';

const PROGRAM = 'nvidia-smi';
const EVERY_MS = 2000;
const LIMIT_MS = 5000;
const MEBIBYTE = 2 ** 20;
const FIELDS = 'utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw';

/**
 * Tells every two seconds what the GPU of this process does, for as long as an engine works on it. On a machine without
 * `nvidia-smi` it tells nothing. `stop` ends it at once.
 */
export function watchGpu(
  tell: (gpu: GpuStats) => void,
  environment: NodeJS.ProcessEnv = process.env,
  everyMs = EVERY_MS,
): { stop(): void } {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function look() {
    const options = { timeout: LIMIT_MS, signal: ended.signal, env: environment };
    execFile(PROGRAM, argumentsFor(environment), options, (error, stdout) => {
      if (ended.signal.aborted) return;
      // Not installed: it will not be while we watch.
      if (error !== null && 'code' in error && error.code === 'ENOENT') return;
      const gpu = error === null ? parseGpu(stdout) : null;
      if (gpu !== null) tell(gpu);
      timer = setTimeout(look, everyMs).unref();
    });
  }
  look();
  return {
    stop() {
      clearTimeout(timer);
      ended.abort();
    },
  };
}

const argumentsFor = (environment: NodeJS.ProcessEnv) => [
  `--query-gpu=${FIELDS}`,
  '--format=csv,noheader,nounits',
  `--id=${gpuOf(environment)}`,
];

/** By number or by name, as CUDA takes it; engines number GPUs as `nvidia-smi` does (`CUDA_DEVICE_ORDER=PCI_BUS_ID`). */
export function gpuOf({ CUDA_VISIBLE_DEVICES: visible }: NodeJS.ProcessEnv): string {
  const [first = ''] = (visible || '0').split(',');
  return /^[\w-]+$/.test(first) ? first : '0';
}

/** What a GPU does not tell (`[N/A]`) is 0, but its memory. */
export function parseGpu(line: string): GpuStats | null {
  const numbers = line.trim().split(',').map(Number.parseFloat);
  const [utilisation = 0, used, total, temperature = 0, power = 0] = numbers.map((value) =>
    Number.isFinite(value) ? value : undefined,
  );
  if (numbers.length !== 5 || used === undefined || total === undefined) return null;
  return {
    utilisation: utilisation / 100,
    memoryUsedBytes: used * MEBIBYTE,
    memoryTotalBytes: total * MEBIBYTE,
    temperatureCelsius: temperature,
    powerWatts: power,
  };
}
