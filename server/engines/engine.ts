/**
 * What an engine is. A training engine turns photos into a LoRA, a generation engine turns a prompt and LoRAs into
 * images. The API and the handlers know engines only through this file; an engine knows nothing of GraphQL, Postgres or
 * jobs. To add one: implement one of the two interfaces in a folder beside this file and name it at its end.
 * What goes wrong is thrown as `EngineFailure` (failure.ts; a file of its own, because this one loads engines).
 */

import type { GenerationToggles } from '#schema/generation.ts';
import type { GpuStats, TrainingConfig } from '#schema/training.ts';

export type { ControlNetMode, GenerationToggles } from '#schema/generation.ts';
export type { GpuStats, TrainingConfig } from '#schema/training.ts';

/** One parameter that an engine takes, described well enough to draw its form field and to check its value. */
export type Parameter = {
  /** The product's name for it, the same as in the GraphQL input: `learningRate`, never `lr`. */
  name: string;
  label: string;
  description: string;
  /** Fields of one group stand together in a form. */
  group: string;
  /** Left out of the short form. */
  isAdvanced: boolean;
  /** `ms`, `px`, `steps` …; null for a bare number. */
  unit: string | null;
  /** Why this engine cannot do it, in one sentence; null when it can. */
  unsupported: string | null;
} & (
  | {
      type: 'INTEGER' | 'FLOAT';
      minimum: number;
      maximum: number;
      step: number | null;
      default: number | null;
    }
  | {
      type: 'CHOICE';
      options: { value: string; label: string; unsupported: string | null }[];
      default: string;
    }
  | { type: 'BOOLEAN'; default: boolean }
  | { type: 'TEXT'; maxLength: number; default: string }
);

export type BaseModel = {
  /** Stable, `flux.1-dev`. Stored with trainings, LoRAs and generations. */
  id: string;
  label: string;
  description: string;
  /** Side lengths in pixels that it was made for, the preferred one first. */
  resolutions: number[];
  /** LoRAs work with every base model of their family: those of `flux.1` with FLUX.1-dev and FLUX.1-schnell. */
  family: string;
  /** Values of generation parameters that suit it better than the engine's defaults; empty when those do. */
  defaults: Partial<
    Pick<GenerationConfig, 'width' | 'height' | 'steps' | 'guidanceScale' | 'sampler' | 'scheduler'>
  >;
  /** Parameters and toggles that the engine has and that do nothing with this model. A job that sets one is refused. */
  lacks: { parameter: string; reason: string }[];
  /** Why the engine cannot use it now, in one sentence, such as which file is not installed; null when it can. */
  unsupported: string | null;
};

export type EngineHealth = {
  isHealthy: boolean;
  /** One sentence for people. */
  message: string;
};

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
// ── Training ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const TRAINING_STAGES = [
  'preparing',
  'loading_model',
  'caching',
  'training',
  'sampling',
  'saving',
  'exporting',
] as const;
export type TrainingStage = (typeof TRAINING_STAGES)[number];

export type TrainingRun = {
  jobId: string;
  baseModel: string;
  triggerWord: string;
  title: string;
  config: TrainingConfig;
  /** Absolute path of each photo, with orientation still in its metadata, and its caption. */
  photos: { path: string; caption: string | null }[];
  /** An empty folder of this job's own; the engine may leave anything in it, the caller removes it. */
  workDir: string;
  /** What the environment of each process that the engine starts must hold, so that it is known for whom it works. */
  processEnv: Record<string, string>;
  /** Go on after this step with these weights, written by an earlier attempt of the same engine; null = from the start. */
  resumeFrom: { step: number; path: string } | null;
};

/**
 * What a training tells, in order. Steps count from 1 to `config.steps` and go on from `resumeFrom.step + 1`. Paths are
 * absolute, complete when told, and below `workDir`. A prompt has the same seed at every step, so that its samples can be compared.
 * The last event of a run that succeeded is `finished`.
 */
export type TrainingEvent =
  | { type: 'stage'; stage: TrainingStage }
  | { type: 'step'; step: number; loss: number; learningRate: number; stepsPerSecond: number | null }
  | { type: 'gpu'; gpu: GpuStats }
  | { type: 'sample'; step: number; promptIndex: number; prompt: string; seed: number; path: string }
  | { type: 'checkpoint'; step: number; path: string }
  | { type: 'log'; level: LogLevel; message: string }
  | { type: 'finished'; path: string; finalLoss: number };

export type TrainingCapabilities = {
  engine: string;
  label: string;
  baseModels: BaseModel[];
  parameters: Parameter[];
};

/** What a training takes, as far as it is known beforehand. */
export type TrainingNeeds = {
  /** GPU memory at its height; null when it needs no GPU. An estimate: what people measured, rounded up. */
  vramBytes: number | null;
  /** Of one checkpoint; the LoRA is not larger. */
  checkpointBytes: number;
  /** Of one sample as PNG. */
  sampleBytes: number;
  /** What the engine writes besides, while it trains: its own copies of checkpoints, the optimizer's state, samples. */
  workBytes: number;
  /** Of the base model, which the engine fetches by itself; `isGated`: only for who has accepted it. Null when it fetches nothing. */
  licence: { name: string; url: string; isGated: boolean } | null;
};

export type TrainingPlan = { baseModel: string; config: TrainingConfig };

export type TrainingEngine = {
  capabilities(): Promise<TrainingCapabilities>;
  health(): Promise<EngineHealth>;
  needs(plan: TrainingPlan): TrainingNeeds;
  /**
   * Runs until the generator ends. Throws `EngineFailure` for what went wrong. When `signal` aborts it begins no
   * further step, tells those that were done, saves what it can (a last `checkpoint`), stops its processes, and returns.
   */
  run(run: TrainingRun, signal: AbortSignal): AsyncGenerator<TrainingEvent, void>;
};

// ── Generation ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const GENERATION_STAGES = [
  'preparing',
  'loading_model',
  'sampling',
  'postprocessing',
  'saving',
] as const;
export type GenerationStage = (typeof GENERATION_STAGES)[number];

/** What all images of a generation have in common. */
export type GenerationConfig = {
  baseModel: string;
  width: number;
  height: number;
  steps: number;
  guidanceScale: number;
  sampler: string;
  scheduler: string;
};

/** One image: its texts are final, with nothing in them to be replaced. */
export type GenerationImage = {
  /** Its place in the batch; events name it. */
  index: number;
  prompt: string;
  /** Empty when there is none. */
  negativePrompt: string;
  /** 0 to 2^53 − 1. */
  seed: number;
  /** In the order in which they are applied. `sha256` is the file's, in hex. */
  loras: { path: string; sha256: string; strength: number; triggerWord: string | null }[];
};

export type GenerationRun = {
  jobId: string;
  config: GenerationConfig;
  toggles: GenerationToggles<string>;
  /** Those that are still missing; the others of the batch exist already from an earlier attempt. */
  images: GenerationImage[];
  workDir: string;
};

/** `step` counts within image `index`. `preview` is a small JPEG or WebP. `image` is a complete PNG below `workDir`. */
export type GenerationEvent =
  | { type: 'stage'; stage: GenerationStage }
  | { type: 'step'; index: number; step: number; steps: number }
  | { type: 'preview'; index: number; image: Uint8Array; mimeType: 'image/jpeg' | 'image/webp' }
  | { type: 'gpu'; gpu: GpuStats }
  | { type: 'log'; level: LogLevel; message: string }
  | { type: 'image'; index: number; seed: number; path: string };

export type GenerationCapabilities = {
  engine: string;
  label: string;
  baseModels: BaseModel[];
  parameters: Parameter[];
  /** Each toggle with its own parameters; `unsupported` says why the engine cannot do it. */
  toggles: {
    name: keyof GenerationToggles<unknown>;
    label: string;
    description: string;
    unsupported: string | null;
    parameters: Parameter[];
  }[];
};

/** A request as it would be run; what pictures and LoRAs it refers to does not matter yet. */
export type GenerationPlan = {
  config: GenerationConfig;
  toggles: GenerationToggles<unknown>;
  images: Pick<GenerationImage, 'prompt' | 'negativePrompt'>[];
};

export type GenerationEngine = {
  capabilities(): Promise<GenerationCapabilities>;
  health(): Promise<EngineHealth>;
  /**
   * What of this it cannot do, although its capabilities have each part: a combination, or a model file that only this one needs.
   * Asked before a job is made; nothing is left out silently. `parameter` is a path such as `controlNet.mode`.
   */
  objections(plan: GenerationPlan): Promise<{ parameter: string; reason: string }[]>;
  /**
   * The model files that it has, by the folder below its `models` (`checkpoints`, `vae`), as it names them: with `/` when they
   * are deeper. Null when it cannot be asked now. Left out by an engine without such files.
   */
  models?(): Promise<Record<string, string[]> | null>;
  /**
   * As `TrainingEngine.run`: ends after the last missing image, or returns early when `signal` aborts. With the reason `lost` another
   * attempt has the job: what the engine keeps for it somewhere else is that one's by then.
   */
  run(run: GenerationRun, signal: AbortSignal): AsyncGenerator<GenerationEvent, void>;
};

// ── Which engines there are ─────────────────────────────────────────────────────────────────────────────────────────

const TRAINING_ENGINES: Record<string, () => Promise<TrainingEngine>> = {
  'fast-test': async () => (await import('./fast-test/training.ts')).fastTestTraining,
  'ai-toolkit': async () => (await import('./ai-toolkit/training.ts')).aiToolkitTraining,
};

const GENERATION_ENGINES: Record<string, () => Promise<GenerationEngine>> = {
  'fast-test': async () => (await import('./fast-test/generation.ts')).fastTestGeneration,
  comfyui: async () => (await import('./comfyui/generation.ts')).comfyuiGeneration,
};

function load<Engine>(engines: Record<string, () => Promise<Engine>>, name: string) {
  const engine = engines[name];
  if (engine !== undefined) return engine();
  const known = Object.keys(engines).join(', ');
  throw new Error(`This version has no engine called "${name}"; it has ${known}. Choose with ISENGARD_MODE.`);
}

export const trainingEngine = (name: string) => load(TRAINING_ENGINES, name);
export const generationEngine = (name: string) => load(GENERATION_ENGINES, name);
