import type { Lora } from './lora-file.ts';
import { decode, layoutOf } from './model.ts';
import { PIXELS } from './photos.ts';
import { embed, VOCABULARY } from './text.ts';

/** How far an image may lie from the photos, in units of their own spread: some, so that no two are alike. */
const FREEDOM = 0.12;
/** How much words that a caption has pull towards its photo. */
const ATTENTION = 2.5;
/** The guidance at which words count as much as they did in training. */
const USUAL_GUIDANCE = 3.5;

/**
 * A LoRA under a prompt, as a distribution of codes: a mixture of Gaussians around the codes of its photos, weighted by
 * how the prompt fits their captions. Its denoiser is exact, so the samplers really sample from it.
 */
export type Concept = {
  size: number;
  denoise(x: Float32Array, sigma: number, clean: Float32Array): void;
  /** The picture of a denoised point. `towards` pulls its code to another by `weight`, 0 to 1. */
  decode(x: Float32Array, towards?: { code: Float64Array; weight: number }): Float32Array;
};

export function conceptOf(of: {
  lora: Lora;
  triggerWord: string;
  prompt: string;
  negativePrompt: string;
  guidanceScale: number;
}): Concept {
  const { lora, guidanceScale } = of;
  const { rank, alpha, photos } = lora.shape;
  const layout = layoutOf(lora.shape);
  const { centre, spread, points } = whitened(lora);
  const wanted = said(lora, of.prompt, of.triggerWord);
  const unwanted = said(lora, of.negativePrompt, of.triggerWord);
  const emphasis = 1 + 0.04 * (guidanceScale - USUAL_GUIDANCE);

  function denoise(x: Float32Array, sigma: number, clean: Float32Array) {
    const variance = sigma * sigma + FREEDOM * FREEDOM;
    const near = Float64Array.from({ length: photos }, (_, i) => {
      let distance = 0;
      for (let k = 0; k < rank; k++) distance += ((x[k] ?? 0) - (points[i * rank + k] ?? 0)) ** 2;
      return -distance / (2 * variance);
    });
    const yes = softmax(near, wanted.fits);
    const no = softmax(near, unwanted.fits);
    for (let k = 0; k < rank; k++) {
      let point = 0;
      for (let i = 0; i < photos; i++) {
        // Classifier-free guidance (Ho & Salimans, 2022), the negative prompt in the place of no prompt.
        const weight = (no[i] ?? 0) + guidanceScale * ((yes[i] ?? 0) - (no[i] ?? 0));
        point += weight * (points[i * rank + k] ?? 0);
      }
      clean[k] = (FREEDOM * FREEDOM * (x[k] ?? 0) + sigma * sigma * point) / variance;
    }
  }

  return {
    size: rank,
    denoise,
    decode(x, towards) {
      const code = new Float64Array(rank);
      for (let k = 0; k < rank; k++) {
        const words = emphasis * (wanted.code[k] ?? 0) - 0.5 * (unwanted.code[k] ?? 0);
        const own = (centre[k] ?? 0) + spread * (x[k] ?? 0) + words;
        code[k] = own + (towards?.weight ?? 0) * ((towards?.code[k] ?? 0) - own);
      }
      const mean = lora.weights.subarray(0, PIXELS);
      return decode({ mean, basis: lora.weights, offset: layout.basis, code, scale: alpha / rank });
    },
  };
}

/** The photos' codes moved and scaled so that their mean is 0 and their spread 1, which the noise levels are made for. */
function whitened({ shape: { rank, photos, alpha: _ }, shape, weights }: Lora) {
  const codes = weights.subarray(layoutOf(shape).codes, layoutOf(shape).words);
  const centre = new Float64Array(rank);
  for (const [i, value] of codes.entries()) centre[i % rank] = (centre[i % rank] ?? 0) + value / photos;
  let square = 0;
  for (const [i, value] of codes.entries()) square += (value - (centre[i % rank] ?? 0)) ** 2 / codes.length;
  // One photo has no spread; any number does then.
  const spread = Math.sqrt(square) || 1;
  return { centre, spread, points: codes.map((value, i) => (value - (centre[i % rank] ?? 0)) / spread) };
}

/** What a text says to this LoRA: how well it fits each photo's caption, and the code of its words. */
function said({ shape, weights, captions }: Lora, text: string, triggerWord: string) {
  const { rank, photos } = shape;
  const { places, weights: counts } = embed(text, triggerWord);
  const fits = new Float64Array(photos);
  const code = new Float64Array(rank);
  for (const [i, place] of places.entries()) {
    const count = counts[i] ?? 0;
    for (let photo = 0; photo < photos; photo++) {
      fits[photo] = (fits[photo] ?? 0) + ATTENTION * count * (captions[photo * VOCABULARY + place] ?? 0);
    }
    const row = layoutOf(shape).words + place * rank;
    for (let k = 0; k < rank; k++) code[k] = (code[k] ?? 0) + count * (weights[row + k] ?? 0);
  }
  return { fits, code };
}

function softmax(near: Float64Array, fits: Float64Array): Float64Array {
  const scores = near.map((value, i) => value + (fits[i] ?? 0));
  const highest = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - highest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
