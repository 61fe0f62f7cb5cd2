import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Comfyui, type ComfyuiOptions, startComfyui } from '#tests/stand-ins/comfyui/comfyui.ts';
import type { GenerationEvent, GenerationRun } from '../../engine.ts';
import { type ComfyuiSettings, createComfyui } from '../comfyui.ts';
import type { Graphs } from '../graphs.ts';
import { installedFrom } from '../installed.ts';
import type { Times } from '../times.ts';

/** What the tests of the driver share: graphs that need no model, impatient times, and a stand-in that is closed at the end. */
const closing: (() => Promise<unknown>)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'comfyui-'));
  closing.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

export async function standIn(options?: ComfyuiOptions): Promise<Comfyui> {
  const comfyui = await startComfyui(options);
  closing.push(comfyui.close);
  return comfyui;
}

export const QUICK: Times = {
  ...{
    pollMs: 100,
    hintMs: 5,
    downMs: 3000,
    hangMs: 60_000,
    cancelMs: 3000,
    cancelEveryMs: 20,
    connectMs: 2000,
  },
  ...{ settleMs: 30, pingMs: 5000, deafMs: 10_000, idleMs: 50, installedMs: 30_000, listMs: 1500 },
};

const CAPABILITIES = {
  ...{ engine: 'comfyui', label: 'ComfyUI', parameters: [], toggles: [] },
  baseModels: [
    {
      ...{ id: 'test', label: 'Test', description: '', resolutions: [64], family: 'sdxl' },
      ...{ defaults: {}, lacks: [], unsupported: null },
    },
  ],
};

/** Core nodes without a model: what a real ComfyUI can run anywhere. The seed is the colour. */
export const modelFree: Graphs = {
  capabilities: () => CAPABILITIES,
  objections: () => [],
  build({ config, seed, toggles, filenamePrefix }) {
    const { width, height } = config;
    const factor = toggles.upscale?.factor ?? 1;
    const [wide, high] = [width * factor, height * factor];
    const color = seed % 0xffffff;
    return {
      graph: {
        '1': { class_type: 'EmptyImage', inputs: { width, height, batch_size: 1, color } },
        '2': {
          class_type: 'ImageScale',
          inputs: { image: ['1', 0], upscale_method: 'lanczos', width: wide, height: high, crop: 'disabled' },
        },
        '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: filenamePrefix } },
      },
      outputNode: '3',
      weights: {},
    };
  },
};

/** With a node of steps and previews, which only the stand-in and the recorded server have. */
export const stepping: Graphs = {
  ...modelFree,
  build(request, installed) {
    const { graph, outputNode } = modelFree.build(request, installed);
    const { steps } = request.config;
    const inputs = { image: ['1', 0], steps, delay_ms: 0, preview: true, nonce: request.seed };
    const scaled = graph['2'];
    if (scaled) scaled.inputs.image = ['4', 0];
    return {
      graph: { ...graph, '4': { class_type: 'FixtureSteps', inputs } },
      outputNode,
      weights: { '4': 100 },
    };
  },
};

/** As that of another client would be, so long that it is still there when one looks. */
export async function graphOf(change: RunChange = {}, seed = 1) {
  const { config, toggles } = await generationRun(change);
  const texts = { prompt: 'a photo', negativePrompt: '' };
  const request = { config: { ...config, ...texts }, toggles, seed, loras: [] };
  return stepping.build({ ...request, filenamePrefix: `other/${seed}` }, installedFrom({}, {})).graph;
}

export const engineOf = (urls: string[], settings: Partial<ComfyuiSettings> = {}) =>
  createComfyui({
    ...{
      urls,
      modelsDir: null,
      keepsGraph: false,
      graphs: modelFree,
      readLora: async () => ({ family: null, reachesText: false }),
    },
    ...{ times: QUICK, ...settings },
  });

type Image = GenerationRun['images'][number];
export type RunChange = {
  jobId?: string;
  /** `seed` is of image 0, and image i has `seed + i`. */
  config?: Partial<
    GenerationRun['config'] & Pick<Image, 'prompt' | 'negativePrompt' | 'seed'> & { count: number }
  >;
  toggles?: Partial<GenerationRun['toggles']>;
  /** Of every image. */
  loras?: Partial<Image['loras'][number]>[];
  indexes?: number[];
};

export async function generationRun(change: RunChange = {}): Promise<GenerationRun> {
  const { count = 1, prompt = 'a photo', negativePrompt = '', seed = 7, ...config } = change.config ?? {};
  const loras = (change.loras ?? []).map((lora) => ({
    ...{ path: '', sha256: '0'.repeat(64), strength: 1, triggerWord: null },
    ...lora,
  }));
  const image = (index: number) => ({ index, prompt, negativePrompt, seed: seed + index, loras });
  return {
    jobId: change.jobId ?? crypto.randomUUID(),
    config: {
      ...{ baseModel: 'test', width: 128, height: 96, steps: 8 },
      ...{ guidanceScale: 3.5, sampler: 'euler', scheduler: 'normal' },
      ...config,
    },
    toggles: {
      ...{ initImage: null, controlNet: null, ipAdapter: null, faceDetailer: null, upscale: null },
      ...change.toggles,
    },
    images: (change.indexes ?? Array.from({ length: count }, (_, i) => i)).map(image),
    workDir: await folder(),
  };
}

type Told = { events: GenerationEvent[]; images: Extract<GenerationEvent, { type: 'image' }>[] };

/** All that an engine tells of a run; `each` hears it at once. */
export async function generate(
  engine: ReturnType<typeof createComfyui>,
  run: GenerationRun,
  {
    signal = new AbortController().signal,
    each,
  }: { signal?: AbortSignal; each?(event: GenerationEvent): void } = {},
): Promise<Told> {
  const events: GenerationEvent[] = [];
  for await (const event of engine.run(run, signal)) {
    each?.(event);
    events.push(event);
  }
  return { events, images: events.filter((event) => event.type === 'image') };
}
