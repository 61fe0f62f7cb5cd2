import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { log } from '../log.ts';

const TIMEOUT_MS = 5000;

/**
 * The GPU that this process uses, as `nvidia-smi --query-gpu=uuid` names it (`GPU-…`); null on a machine without one.
 * `CUDA_VISIBLE_DEVICES` says which, by number or by name: https://docs.nvidia.com/cuda/cuda-c-programming-guide/#env-vars
 */
export async function gpuUuid(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      ['--query-gpu=uuid', '--format=csv,noheader'],
      {
        timeout: TIMEOUT_MS,
      },
    );
    const uuids = stdout.split('\n').map((line) => line.trim());
    const [visible = '0'] = (process.env.CUDA_VISIBLE_DEVICES || '0').split(',');
    return (
      uuids.find((uuid, i) => uuid !== '' && (String(i) === visible || uuid.startsWith(visible))) ?? null
    );
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) log.warn({ error }, 'nvidia-smi does not say which GPU there is');
    return null;
  }
}
