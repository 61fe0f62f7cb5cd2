import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { capabilitiesOf, objectionsTo } from '#server/engines/comfyui/capabilities.ts';
import { createComfyui } from '#server/engines/comfyui/comfyui.ts';
import { buildGraph } from '#server/engines/comfyui/graph.ts';
import type { GenerationRun } from '#server/engines/engine.ts';
import { startComfyui } from '#tests/stand-ins/comfyui/comfyui.ts';
import { clock, latencyRows, type Row } from './measure.ts';

const IMAGES = 40;
const WARM_UP = 5;
const CONFIG: GenerationRun['config'] = {
  ...{ baseModel: 'sdxl', width: 512, height: 512, steps: 1 },
  ...{ guidanceScale: 7, sampler: 'euler', scheduler: 'normal' },
};

type Output = { images: { filename: string; subfolder: string; type: string }[] };

/** What the driver of ComfyUI adds to an image: from the run to the checked file, and the same prompt by hand. */
export async function comfyui(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'isengard-bench-comfyui-'));
  const server = await startComfyui({
    models: { checkpoints: ['sd_xl_base_1.0.safetensors'] },
    faults: { stepMs: 0 },
  });
  const graphs = { build: buildGraph, capabilities: capabilitiesOf, objections: objectionsTo };
  const engine = createComfyui({
    ...{ urls: [server.url], modelsDir: null, keepsGraph: false, graphs },
    readLora: async () => ({ family: null, reachesText: false }),
  });
  const toggles = { initImage: null, controlNet: null, ipAdapter: null, faceDetailer: null, upscale: null };

  async function byDriver(seed: number) {
    const run: GenerationRun = {
      ...{ jobId: crypto.randomUUID(), config: CONFIG, toggles },
      images: [{ index: 0, prompt: 'a photo', negativePrompt: '', seed, loras: [] }],
      workDir: folder,
    };
    for await (const event of engine.run(run, new AbortController().signal))
      if (event.type === 'image') return;
    throw new Error('There was no image.');
  }

  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws?clientId=bench`);
  await new Promise((resolve) => socket.once('open', resolve));
  // The graph that the driver draws, as it was posted last.
  async function byHand(seed: number) {
    const { prompt } = JSON.parse(String(server.posts().at(-1)?.body));
    const sampler = Object.values<{ class_type: string; inputs: Record<string, unknown> }>(prompt).find(
      ({ class_type }) => class_type === 'KSampler',
    );
    if (sampler) sampler.inputs.seed = seed;
    const id = crypto.randomUUID();
    const over = new Promise<void>((resolve) => {
      socket.on('message', function hear(data, isBinary) {
        if (isBinary) return;
        const { type, data: told } = JSON.parse(String(data));
        if (type !== 'executing' || told.node !== null || told.prompt_id !== id) return;
        socket.off('message', hear);
        resolve();
      });
    });
    const body = JSON.stringify({ prompt, prompt_id: id, client_id: 'bench' });
    await fetch(`${server.url}/prompt`, { method: 'POST', body });
    await over;
    const history = await (await fetch(`${server.url}/history/${id}`)).json();
    const { outputs } = (history as Record<string, { outputs: Record<string, Output> }>)[id] ?? {};
    const [output] = Object.values(outputs ?? {}).flatMap(({ images }) => images);
    const query = new URLSearchParams(output);
    await (await fetch(`${server.url}/view?${query}`)).arrayBuffer();
  }

  const times = { driver: [] as number[], hand: [] as number[] };
  for (let n = 0; n < WARM_UP + IMAGES; n++)
    for (const [name, make] of [['driver', byDriver] as const, ['hand', byHand] as const]) {
      const before = clock();
      await make(2 * n + (name === 'hand' ? 1 : 0));
      if (n >= WARM_UP) times[name].push(clock() - before);
    }
  socket.close();
  await server.close();
  await rm(folder, { recursive: true });
  return latencyRows('comfyui: an image of 512 × 512 and no time to sample it', times.driver, {
    name: 'the same prompt by hand: POST, socket, history, view',
    values: times.hand,
  });
}
