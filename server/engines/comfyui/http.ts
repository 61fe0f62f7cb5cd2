import { openAsBlob } from 'node:fs';
import { z } from 'zod';
import { Accepted, Load, Named, type Posted, Queue, type Queued, Refused, SystemStats } from './answers.ts';
import { asJson, asking, type Limits, UnexpectedAnswer } from './asking.ts';
import type { Graph } from './graph.ts';
import { type OutputFile, type PromptState, stateOfHistory, stateOfJob } from './prompt-state.ts';

const MEGABYTE = 2 ** 20;
const MAX_PICTURE = 512 * MEGABYTE;

export type ComfyHttp = ReturnType<typeof callsOf> & {
  /** The same calls, each of which ends with `signal` or after `milliseconds` at the latest. */
  within(limits: Limits): ComfyHttp;
};

/** `/api/jobs` and `/api/jobs/{id}/cancel` came with later versions. Known once one of them was asked. */
type Known = { jobs: boolean; cancel: boolean };

/** The calls of one ComfyUI; asking.ts says what they throw. */
export function comfyHttp(
  url: string,
  limits: Limits = {},
  has: Known = { jobs: true, cancel: true },
): ComfyHttp {
  return { ...callsOf(url, limits, has), within: (narrower) => comfyHttp(url, narrower, has) };
}

function callsOf(url: string, limits: Limits, has: Known) {
  const { ask, read, tell } = asking(url, limits);

  async function queue(): Promise<Queued> {
    const { queue_running, queue_pending } = await read('/queue', Queue);
    // What waits is a heap: only its first is surely the next.
    const pending = queue_pending.toSorted(([a, idA], [b, idB]) => a - b || (idA < idB ? -1 : 1));
    const items = [...queue_running, ...pending];
    return {
      running: queue_running.map(([, id]) => id),
      pending: pending.map(([, id]) => id),
      graphs: new Map(items.map(([, id, graph]) => [id, graph as Graph])),
    };
  }

  /** The queue first: a prompt moves from there into the history, and would be missed the other way round. */
  async function stateByQueue(id: string): Promise<PromptState> {
    const { running, pending } = await queue();
    if (running.includes(id)) return { at: 'running' };
    if (pending.includes(id)) return { at: 'queued' };
    return stateOfHistory(await read(`/history/${id}`, z.unknown()), id);
  }

  async function upload(of: { file: Blob; name: string; subfolder: string }): Promise<string> {
    const form = new FormData();
    form.set('image', of.file, of.name);
    form.set('type', 'input');
    form.set('subfolder', of.subfolder);
    form.set('overwrite', 'true');
    const milliseconds = 60_000 + Math.ceil(of.file.size / 1000);
    const { name, subfolder } = await read('/upload/image', Named, { method: 'POST', form, milliseconds });
    return subfolder === '' ? name : `${subfolder}/${name}`;
  }

  return {
    url,
    queue,

    /** What nodes there are and what they take; large. */
    objectInfo: () => read('/object_info', z.record(z.string(), z.unknown()), { milliseconds: 60_000 }),

    /** The files of a kind of model, with `/` in their paths or, on Windows, `\`. Null for a kind that it does not know. */
    async models(folder: string): Promise<string[] | null> {
      const answer = await ask(`/models/${encodeURIComponent(folder)}`);
      if (answer.status === 404) return null;
      const names = z.array(z.string()).safeParse(asJson(answer));
      if (!names.success) throw new UnexpectedAnswer('/models', answer.status);
      return names.data;
    },

    systemStats: () => read('/system_stats', SystemStats, { milliseconds: 2500 }),

    /** In bytes; uploads above it are refused. */
    maxUploadBytes: async () =>
      (await read('/features', z.object({ max_upload_size: z.number().catch(100 * MEGABYTE) })))
        .max_upload_size,

    /** How many prompts run or wait. */
    load: async () => (await read('/prompt', Load, { milliseconds: 5000 })).exec_info.queue_remaining,

    async post(prompt: { id: string; clientId: string; graph: Graph }): Promise<Posted> {
      const json = {
        prompt: prompt.graph,
        prompt_id: prompt.id,
        client_id: prompt.clientId,
        // Its default is none. `auto` takes what needs no file more.
        extra_data: { preview_method: 'auto' },
      };
      const answer = await ask('/prompt', { method: 'POST', json, milliseconds: 30_000 });
      const accepted = answer.status === 200 ? Accepted.safeParse(asJson(answer)) : null;
      if (accepted?.success) return { isAccepted: true, nodeErrors: accepted.data.node_errors };
      const refused = answer.status === 400 ? Refused.safeParse(asJson(answer)) : null;
      if (!refused?.success) throw new UnexpectedAnswer('/prompt', answer.status);
      return { isAccepted: false, error: refused.data.error, nodeErrors: refused.data.node_errors };
    },

    /** Where a prompt is: one call where there are jobs, else the queue and then the history. */
    async state(id: string): Promise<PromptState> {
      if (!has.jobs) return stateByQueue(id);
      const answer = await ask(`/jobs/${id}`);
      const json = asJson(answer);
      if (answer.status === 200) return stateOfJob(json);
      // A 404 of ours is JSON; one without is the route's, which is not there.
      if (answer.status === 404 && json !== undefined) return { at: 'nowhere' };
      if (answer.status !== 404 && answer.status !== 405) throw new UnexpectedAnswer('/jobs', answer.status);
      has.jobs = false;
      return stateByQueue(id);
    },

    /**
     * Asks that one prompt ends, wherever it is. It may be too late, too early, or take until its node is done: ask again until
     * it is over. Never without an id, which would hit whatever runs.
     */
    async cancel(id: string, at: 'queued' | 'running'): Promise<void> {
      if (has.cancel) {
        const { status } = await ask(`/jobs/${id}/cancel`, { method: 'POST', json: {} });
        if (status === 200) return;
        has.cancel = false;
      }
      if (at === 'queued') await tell('/queue', { delete: [id] });
      else await tell('/interrupt', { prompt_id: id });
    },

    /** Its history keeps whole graphs, which are nobody's business any more. */
    forget: (id: string) => tell('/history', { delete: [id] }),

    /** Replaces what has the name already. Resolves to the name that LoadImage takes. */
    uploadPicture: (png: Buffer, name: string) =>
      upload({ file: new Blob([new Uint8Array(png)], { type: 'image/png' }), name, subfolder: 'isengard' }),

    uploadFile: async (path: string, name: string, subfolder: string) =>
      upload({ file: await openAsBlob(path), name, subfolder }),

    async view({ filename, subfolder, type }: OutputFile): Promise<Buffer> {
      const query = new URLSearchParams({ filename, subfolder, type });
      const answer = await ask(`/view?${query}`, { milliseconds: 120_000, maxBytes: MAX_PICTURE });
      if (answer.status !== 200) throw new UnexpectedAnswer('/view', answer.status);
      return answer.body;
    },
  };
}
