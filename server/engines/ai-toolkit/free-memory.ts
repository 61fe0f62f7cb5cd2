import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

/** A program that is busy or gone keeps no training waiting. */
const LIMIT_MS = 2000;
/** How long models may take to go: they go between two prompts, and only after the answer. */
const PATIENCE_MS = 5000;
const LOOK_MS = 200;
/** What a program without models still holds. */
const LITTLE_BYTES = 2 ** 30;

const isOfThisMachine = (url: string) =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.parse(url)?.hostname ?? '');

/** `torch_vram_total` is what it holds itself; `vram_free` would also change with what others do on the GPU. */
const Stats = z.object({ devices: z.array(z.object({ type: z.string(), torch_vram_total: z.number() })) });

/**
 * Asks each ComfyUI of this machine to let go of the models that it holds on the GPU, and waits for it: beside them a training does
 * not fit. Best effort; tells for people what came of it.
 */
export const freeComfyuiMemory = (urls: string[], signal: AbortSignal): Promise<string[]> =>
  Promise.all(
    urls.filter(isOfThisMachine).map(async (url) => {
      try {
        const answer = await ask(`${url}/free`, signal, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ unload_models: true, free_memory: true }),
        });
        await answer.body?.cancel();
        if (!answer.ok) return `ComfyUI at ${url} does not free its memory: it answered ${answer.status}.`;
      } catch {
        return `ComfyUI at ${url} does not answer, so it was not asked to free its memory.`;
      }
      return (await hasLetGo(url, signal))
        ? `ComfyUI at ${url} was asked to free its memory.`
        : `ComfyUI at ${url} was asked to free its memory, and still holds some of it.`;
    }),
  );

const ask = (url: string, signal: AbortSignal, options: RequestInit = {}) =>
  fetch(url, {
    ...options,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });

async function hasLetGo(url: string, signal: AbortSignal): Promise<boolean> {
  for (const end = performance.now() + PATIENCE_MS; !signal.aborted && performance.now() < end; ) {
    const held = await heldBytes(url, signal).catch(() => 0);
    if (held < LITTLE_BYTES) return true;
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** On GPUs; what is not told is not waited for. */
async function heldBytes(url: string, signal: AbortSignal): Promise<number> {
  const { devices } = Stats.parse(await (await ask(`${url}/system_stats`, signal)).json());
  return Math.max(0, ...devices.filter(({ type }) => type === 'cuda').map((gpu) => gpu.torch_vram_total));
}
