import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { log } from '../log.ts';

const TIMEOUT_MS = 5000;

const MEBIBYTE = 2 ** 20;

/** `uuid`: as `nvidia-smi` names it, `GPU-…`. `memoryBytes`: all that it has; null when it does not say. */
export type Gpu = { uuid: string; name: string; memoryBytes: number | null };

/**
 * The GPU that this process uses; null on a machine without one. `CUDA_VISIBLE_DEVICES` says which, by number or by name:
 * https://docs.nvidia.com/cuda/cuda-c-programming-guide/#env-vars
 */
export async function readGpu(): Promise<Gpu | null> {
  try {
    const query = ['--query-gpu=uuid,name,memory.total', '--format=csv,noheader,nounits'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: TIMEOUT_MS });
    return visibleGpu(gpusIn(stdout), process.env.CUDA_VISIBLE_DEVICES || '0');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) log.warn({ error }, 'nvidia-smi does not say which GPU there is');
    return null;
  }
}

const gpusIn = (text: string): Gpu[] =>
  text
    .split('\n')
    .filter((line) => line.includes(','))
    .map((line) => {
      const [uuid = '', name = '', memory = ''] = line.split(',').map((field) => field.trim());
      return { uuid, name, memoryBytes: /^\d+$/.test(memory) ? Number(memory) * MEBIBYTE : null };
    });

function visibleGpu(gpus: Gpu[], devices: string): Gpu | null {
  const [visible = '0'] = devices.split(',');
  return gpus.find(({ uuid }, i) => String(i) === visible || uuid.startsWith(visible)) ?? null;
}
