import type { GenerationConfig, GenerationImage } from '../engine.ts';
import { BASE_SIZE, basePoint, paintBase } from './base-picture.ts';
import { type Concept, conceptOf } from './concept.ts';
import type { Lora } from './lora-file.ts';
import { PIXELS } from './photos.ts';
import { random } from './random.ts';
import { type Sampler, type Scheduler, sampleStep, sigmasOf } from './samplers.ts';

/** How far a seed moves the base picture from the prompt's point. */
const BASE_FREEDOM = 0.5;
/** The share of the noise that the engine fails to see at one look: few steps leave grain, many a clean picture. */
const OVERLOOKED = 0.15;

export type Prompt = Pick<GenerationImage, 'prompt' | 'negativePrompt'> &
  Pick<GenerationConfig, 'steps' | 'guidanceScale' | 'sampler' | 'scheduler'>;
export type Weighted = { lora: Lora; strength: number; triggerWord: string };
/** What an image is drawn towards: a code in each LoRA, and a base picture. `weight` 0 to 1. */
export type Guide = { codes: Float64Array[]; base: Float32Array; weight: number };

/**
 * From noise to a picture of `SIDE` × `SIDE`, step by step. The point that is sampled is: the base picture's parameters,
 * one code per LoRA, and the grain of each pixel. After each step yields a look at what is seen so far; the last is the
 * image. Only what is looked at is decoded.
 */
export function* dream(of: {
  prompt: Prompt;
  loras: Weighted[];
  seed: number;
  guide: Guide | null;
}): Generator<() => Float32Array, void> {
  const { prompt, loras, seed, guide } = of;
  const concepts = loras.map(({ lora, triggerWord }) => conceptOf({ ...prompt, lora, triggerWord }));
  const codes = concepts.reduce((size, concept) => size + concept.size, 0);
  const size = BASE_SIZE + codes + PIXELS;
  const base = baseOf(prompt);
  const denoise = (x: Float32Array, sigma: number, clean: Float32Array) => {
    base(x, sigma, clean);
    for (const { concept, start, end } of spans(concepts)) {
      concept.denoise(x.subarray(start, end), sigma, clean.subarray(start, end));
    }
    for (let i = BASE_SIZE + codes; i < size; i++) clean[i] = OVERLOOKED * (x[i] ?? 0);
  };

  const sigmas = sigmasOf(prompt.scheduler as Scheduler, prompt.steps);
  const start = random(seed, 'noise');
  const x = Float32Array.from({ length: size }, () => (sigmas[0] ?? 0) * start.normal());
  let before: { clean: Float32Array; sigma: number } | null = null;
  for (const [i, sigma] of sigmas.slice(0, -1).entries()) {
    const clean = new Float32Array(size);
    denoise(x, sigma, clean);
    const next = sigmas[i + 1] ?? 0;
    const noise = random(seed, 'ancestral', i);
    sampleStep({ sampler: prompt.sampler as Sampler, x, clean, sigma, next, before, noise });
    before = { clean, sigma };
    yield () => picture({ point: next === 0 ? x : clean, concepts, loras, guide });
  }
}

function* spans(concepts: Concept[]) {
  let start = BASE_SIZE;
  for (const [i, concept] of concepts.entries()) {
    yield { concept, i, start, end: start + concept.size };
    start += concept.size;
  }
}

function baseOf({ prompt, negativePrompt, guidanceScale }: Prompt) {
  const wanted = basePoint(prompt);
  const unwanted = basePoint(negativePrompt);
  const guidance = 1 + 0.06 * (guidanceScale - 3.5);
  const variance = BASE_FREEDOM * BASE_FREEDOM;
  return (x: Float32Array, sigma: number, clean: Float32Array) => {
    for (let i = 0; i < BASE_SIZE; i++) {
      const point = guidance * (wanted[i] ?? 0) - 0.4 * (unwanted[i] ?? 0);
      clean[i] = (variance * (x[i] ?? 0) + sigma * sigma * point) / (variance + sigma * sigma);
    }
  };
}

function picture(of: { point: Float32Array; concepts: Concept[]; loras: Weighted[]; guide: Guide | null }) {
  const { point, concepts, loras, guide } = of;
  const result = paintBase(point.subarray(0, BASE_SIZE));
  const weight = guide?.weight ?? 0;
  if (guide !== null)
    for (let p = 0; p < PIXELS; p++) result[p] = mix(result[p] ?? 0, guide.base[p] ?? 0, weight);
  // One LoRA counts with its strength; several share that of the strongest among them.
  const total = loras.reduce((sum, { strength }) => sum + strength, 0);
  const strongest = felt(loras.reduce((most, { strength }) => Math.max(most, strength), 0));
  const base = Float32Array.from(result);
  for (const { concept, i, start, end } of spans(concepts)) {
    const code = guide?.codes[i];
    const own = concept.decode(point.subarray(start, end), code === undefined ? undefined : { code, weight });
    const share = total === 0 ? 0 : (strongest * (loras[i]?.strength ?? 0)) / total;
    for (let p = 0; p < PIXELS; p++) result[p] = (result[p] ?? 0) + share * ((own[p] ?? 0) - (base[p] ?? 0));
  }
  const grain = point.subarray(point.length - PIXELS);
  for (let p = 0; p < PIXELS; p++) result[p] = (result[p] ?? 0) + (grain[p] ?? 0);
  return result;
}

/** 1 is as learned; below the base picture shows, above all is overdone, but 2 not twice: every pixel would clip. */
const felt = (strength: number) => Math.tanh(1.1 * strength) / Math.tanh(1.1);

const mix = (from: number, to: number, share: number) => from + share * (to - from);
