import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const PROGRAM = 'nvidia-smi';
const LIMIT_MS = 5000;
export const MEBIBYTE = 2 ** 20;

/** Asks nothing of a program that is not there. */
const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * What `nvidia-smi` says of the GPU that a process with this environment uses: its UUID (`GPU-…`), then these fields of
 * `--query-gpu`, without units. Null on a machine without one. Rejects when the program is there and fails.
 * `CUDA_VISIBLE_DEVICES` says which, by number or by the beginning of its UUID; the first of several counts:
 * https://docs.nvidia.com/cuda/cuda-c-programming-guide/#env-vars
 */
export async function askGpu(
  fields: string[],
  { environment = process.env, signal }: { environment?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<string[] | null> {
  const query = [`--query-gpu=${['uuid', ...fields].join(',')}`, '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)(PROGRAM, query, {
      timeout: LIMIT_MS,
      env: environment,
      ...(signal && { signal }),
    });
    return visible(rowsOf(stdout), environment.CUDA_VISIBLE_DEVICES || '0');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.includes(','))
    .map((line) => line.split(',').map((field) => field.trim()));

/** Numbers are those of `nvidia-smi`, which are CUDA's with CUDA_DEVICE_ORDER=PCI_BUS_ID; engines set it. */
function visible(rows: string[][], devices: string): string[] | null {
  const [first = '0'] = devices.split(',');
  return rows.find(([uuid = ''], i) => String(i) === first || uuid.startsWith(first)) ?? null;
}
