import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realPhotos } from '#tests/pictures.ts';
import type {
  GenerationEvent,
  GenerationRun,
  TrainingConfig,
  TrainingEvent,
  TrainingRun,
} from '../engine.ts';
import { fastTestGeneration } from './generation.ts';
import { fastTestTraining } from './training.ts';

/** What the tests of this engine share: small runs that finish at once, and a fingerprint of what they left. */
const folders: string[] = [];

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fast-test-'));
  folders.push(path);
  return path;
}

export async function removeFolders(): Promise<void> {
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true });
}

/** `Array.fromAsync`, which TypeScript's ES2024 does not know yet. */
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

let photoPaths: Promise<string[]> | null = null;

/** Five photos of one subject; `other` takes another one. */
export async function photosOf(subject: 'one' | 'other' = 'one'): Promise<TrainingRun['photos']> {
  photoPaths ??= (async () => {
    const path = await folder();
    const photos = await realPhotos();
    await Promise.all(photos.map(({ name, bytes }) => writeFile(join(path, name), bytes)));
    return photos.map(({ name }) => join(path, name));
  })();
  const paths = await photoPaths;
  const captions = ['on the beach', 'in snow', null, 'asleep on a red sofa', 'portrait'];
  const start = subject === 'one' ? 15 : 5;
  return paths.slice(start, start + 5).map((path, i) => ({ path, caption: captions[i] ?? null }));
}

export const CONFIG: TrainingConfig = {
  ...{ method: 'lora', steps: 120, learningRate: 1e-3, batchSize: 1, resolution: 1024, rank: 8, alpha: 8 },
  ...{ optimizer: 'adamw8bit', scheduler: 'cosine', precision: 'bf16', gradientAccumulation: 1 },
  ...{ captionDropout: 0.3, sampleEvery: 60, samplePrompts: ['a photo of {trigger}'], seed: 42 },
  ...{ checkpointEvery: 60, keepCheckpoints: 1 },
};

export async function trainingRun(
  config: Partial<TrainingConfig> = {},
  more: Partial<TrainingRun> = {},
): Promise<TrainingRun> {
  return {
    ...{ jobId: 'job', baseModel: 'fast-test', triggerWord: 'sks', title: 'A title', resumeFrom: null },
    ...{
      config: { ...CONFIG, ...config },
      photos: await photosOf(),
      workDir: await folder(),
      processEnv: {},
    },
    ...more,
  };
}

export async function train(
  run: TrainingRun,
  signal = new AbortController().signal,
): Promise<TrainingEvent[]> {
  return all(fastTestTraining.run(run, signal));
}

export async function trainedLora(photos: TrainingRun['photos'], seed = 42): Promise<string> {
  const run = await trainingRun({ seed, samplePrompts: [] }, { photos });
  const last = (await train(run)).at(-1);
  if (last?.type !== 'finished') throw new Error('The training did not finish.');
  return last.path;
}

type Image = GenerationRun['images'][number];
export type GenerationChange = {
  /** `seed` is of image 0, and image i has `seed + i`. */
  config?: Partial<
    GenerationRun['config'] & Pick<Image, 'prompt' | 'negativePrompt' | 'seed'> & { count: number }
  >;
  toggles?: Partial<GenerationRun['toggles']>;
  /** Of every image. */
  loras?: Omit<Image['loras'][number], 'sha256'>[];
  indexes?: number[];
};

export async function generationRun({
  config,
  toggles,
  loras,
  indexes,
}: GenerationChange): Promise<GenerationRun> {
  const { count = 1, prompt = 'sks on the beach', negativePrompt = '', seed = 7, ...rest } = config ?? {};
  const own = (loras ?? []).map((lora) => ({ ...lora, sha256: '0'.repeat(64) }));
  const image = (index: number) => ({ index, prompt, negativePrompt, seed: seed + index, loras: own });
  return {
    jobId: 'job',
    config: {
      ...{ baseModel: 'fast-test', width: 256, height: 256, steps: 6 },
      ...{ guidanceScale: 3.5, sampler: 'euler', scheduler: 'karras' },
      ...rest,
    },
    toggles: {
      initImage: null,
      controlNet: null,
      ipAdapter: null,
      faceDetailer: null,
      upscale: null,
      ...toggles,
    },
    images: (indexes ?? Array.from({ length: count }, (_, i) => i)).map(image),
    workDir: await folder(),
  };
}

export async function generate(change: GenerationChange, signal = new AbortController().signal) {
  const run = await generationRun(change);
  const events: GenerationEvent[] = await all(fastTestGeneration.run(run, signal));
  return { run, events, images: events.filter((event) => event.type === 'image') };
}

/** Names and bytes of all files below a folder. */
export async function fingerprint(path: string): Promise<string> {
  const digest = createHash('sha256');
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) digest.update(file.slice(path.length)).update(await readFile(file));
  return digest.digest('hex');
}
