/** A program that is busy or gone keeps no training waiting. */
const LIMIT_MS = 2000;

const isOfThisMachine = (url: string) =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.parse(url)?.hostname ?? '');

/**
 * Asks each ComfyUI of this machine to let go of the models that it holds on the GPU: beside them a training does not fit.
 * Best effort; tells for people what came of it.
 */
export const freeComfyuiMemory = (urls: string[], signal: AbortSignal): Promise<string[]> =>
  Promise.all(
    urls.filter(isOfThisMachine).map(async (url) => {
      try {
        const answer = await fetch(`${url}/free`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ unload_models: true, free_memory: true }),
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
        });
        await answer.body?.cancel();
        return answer.ok
          ? `ComfyUI at ${url} was asked to free its memory.`
          : `ComfyUI at ${url} does not free its memory: it answered ${answer.status}.`;
      } catch {
        return `ComfyUI at ${url} does not answer, so it was not asked to free its memory.`;
      }
    }),
  );
