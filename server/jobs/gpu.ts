import { log } from '../log.ts';
import { askGpu, MEBIBYTE } from '../nvidia-smi.ts';

/** `uuid`: as `nvidia-smi` names it, `GPU-…`. `memoryBytes`: all that it has; null when it does not say. */
export type Gpu = { uuid: string; name: string; memoryBytes: number | null };

/** The GPU that this process uses; null on a machine without one. */
export async function readGpu(): Promise<Gpu | null> {
  const told = await askGpu(['name', 'memory.total']).catch((error: unknown) => {
    log.warn({ error }, 'nvidia-smi does not say which GPU there is');
    return null;
  });
  if (told === null) return null;
  const [uuid = '', name = '', memory = ''] = told;
  return { uuid, name, memoryBytes: /^\d+$/.test(memory) ? Number(memory) * MEBIBYTE : null };
}
