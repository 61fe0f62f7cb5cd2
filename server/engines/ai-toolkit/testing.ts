import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realPhotos } from '#tests/pictures.ts';
import { installAiToolkit, type StandIn } from '#tests/stand-ins/ai-toolkit/install.ts';
import type { Options } from '#tests/stand-ins/ai-toolkit/options.ts';
import type { TrainingConfig, TrainingEvent, TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import type { Settings } from './settings.ts';
import { createAiToolkit } from './training.ts';

/** What the tests of this engine share: short runs against the stand-in, each in folders of its own. */
const cleanUp = new AsyncDisposableStack();

export const removeFolders = () => cleanUp.disposeAsync();

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aitk-run-'));
  cleanUp.defer(() => rm(path, { recursive: true, force: true }));
  return path;
}

let photoPaths: Promise<string[]> | null = null;

export async function photosOf(count = 4): Promise<TrainingRun['photos']> {
  photoPaths ??= (async () => {
    const path = await folder();
    const photos = (await realPhotos()).slice(0, 6);
    await Promise.all(photos.map(({ name, bytes }) => writeFile(join(path, name), bytes)));
    return photos.map(({ name }) => join(path, name));
  })();
  const captions = ['on the beach', 'in snow', null, 'asleep on a red sofa'];
  return (await photoPaths).slice(0, count).map((path, i) => ({ path, caption: captions[i] ?? null }));
}

export const CONFIG: TrainingConfig = {
  ...{ method: 'lora', steps: 120, learningRate: 1e-4, batchSize: 1, resolution: 512, rank: 8, alpha: 8 },
  ...{ optimizer: 'adamw8bit', scheduler: 'cosine', precision: 'bf16', gradientAccumulation: 1 },
  ...{ captionDropout: 0.05, sampleEvery: 100, samplePrompts: [], seed: 42 },
  ...{ checkpointEvery: 50, keepCheckpoints: 2 },
};

export async function trainingRun(
  config: Partial<TrainingConfig> = {},
  more: Partial<TrainingRun> = {},
): Promise<TrainingRun> {
  return {
    ...{ jobId: crypto.randomUUID(), baseModel: 'flux.1-dev', triggerWord: 'sks', title: 'A title' },
    ...{ processEnv: { ISENGARD_JOB_ID: 'a-job' }, resumeFrom: null },
    config: { ...CONFIG, ...config },
    photos: await photosOf(),
    workDir: await folder(),
    ...more,
  };
}

export async function standIn(options: Partial<Options> = {}): Promise<StandIn> {
  const installed = await installAiToolkit(options);
  cleanUp.use(installed);
  return installed;
}

/** A real AI-Toolkit to run the core tests with, instead of the stand-in. It needs a GPU, and the models of SD 1.5. */
const LIVE = process.env.ISENGARD_LIVE_AI_TOOLKIT_DIR;
export const CORE = {
  install: async (options: Partial<Options> = {}) => (LIVE ? { dir: LIVE } : await standIn(options)),
  isLive: LIVE !== undefined,
  baseModel: LIVE ? 'sd1.5' : 'flux.1-dev',
  timeoutMs: LIVE ? 3_600_000 : 60_000,
};

export const settingsFor = ({ dir }: { dir: string }, more: Partial<Settings> = {}): Settings => ({
  ...{ dir, python: null, stopSeconds: 20, comfyuiUrls: [], environment: process.env, lookMs: 25 },
  ...more,
});

/** All events of a run; with `onEvent`, told one by one. */
export async function collect(
  events: AsyncIterable<TrainingEvent>,
  onEvent: (event: TrainingEvent) => void = () => {},
): Promise<TrainingEvent[]> {
  const all: TrainingEvent[] = [];
  for await (const event of events) {
    all.push(event);
    onEvent(event);
  }
  return all;
}

/** Runs it, and aborts when `isEnough` says so. */
export async function trainUntil(
  run: TrainingRun,
  { settings, isEnough }: { settings: Settings; isEnough: (event: TrainingEvent) => boolean },
) {
  const abort = new AbortController();
  return collect(createAiToolkit(settings).run(run, abort.signal), (event) => {
    if (isEnough(event)) abort.abort();
  });
}

/** Runs it with a stand-in of its own. */
export async function train(run: TrainingRun, options: Partial<Options> = {}) {
  const engine = createAiToolkit(settingsFor(await standIn(options)));
  return collect(engine.run(run, new AbortController().signal));
}

export const failureOf = (run: Promise<unknown>): Promise<EngineFailure | null> =>
  run.then(
    () => null,
    (error: unknown) => (error instanceof EngineFailure ? error : Promise.reject(error)),
  );

export const stepsOf = (events: TrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.step] : []));

export const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
