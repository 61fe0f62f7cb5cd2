import {
  floatsOf,
  InvalidSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  type Tensor,
  type TensorToWrite,
  writeSafetensors,
} from '../../storage/safetensors.ts';
import { layoutOf, type Shape } from './model.ts';
import { PIXELS, SIDE } from './photos.ts';
import { type Embedding, VOCABULARY } from './text.ts';

/**
 * The LoRA as a file. Names are PEFT's, because it is one: `lora_A` [rank, photos + words], `lora_B` [pixels, rank],
 * `alpha`, and `diff_b` (the mean, a change of the bias). `captions.diff` [photos, words] says what was said of each.
 */
const A = 'isengard.picture.lora_A.weight';
const B = 'isengard.picture.lora_B.weight';
const ALPHA = 'isengard.picture.alpha';
const MEAN = 'isengard.picture.diff_b';
const CAPTIONS = 'isengard.captions.diff';
/** A checkpoint of rank 128 with Prodigy's state has about 30 MB. */
const MAX_BYTES = 64 * 2 ** 20;
const ARCHITECTURE = 'isengard-fast-test/lora';

/** What a file of this engine says, ready to decode. */
export type Lora = {
  shape: Shape;
  /** As `layoutOf(shape)` says. */
  weights: Float32Array;
  /** One row of `VOCABULARY` per photo. */
  captions: Float32Array;
  triggerWord: string;
  metadata: Map<string, string>;
};

/** The file is sound, but not of this engine, or does not fit together. */
export class ForeignLora extends Error {}

export type LoraToWrite = {
  shape: Shape;
  weights: Float32Array;
  captions: Embedding[];
  dtype: 'F16' | 'F32';
  title: string;
  triggerWord: string;
  resolution: number;
  step: number;
  steps: number;
  /** Of a checkpoint: what it takes to go on. */
  extra?: { tensors: Record<string, TensorToWrite>; metadata: Record<string, string> };
};

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return result;
}

/** Equal trainings give equal bytes, so nothing here comes from the clock (`modelspec.date` is left out). */
export async function writeLora(path: string, lora: LoraToWrite): Promise<void> {
  const { shape, weights, dtype } = lora;
  const { rank, photos } = shape;
  const layout = layoutOf(shape);
  const captions = new Float32Array(photos * VOCABULARY);
  for (const [photo, { places, weights: counts }] of lora.captions.entries()) {
    for (const [i, place] of places.entries()) captions[photo * VOCABULARY + place] = counts[i] ?? 0;
  }
  const inputs = photos + VOCABULARY;
  const tensors: Record<string, TensorToWrite> = {
    [A]: { dtype, shape: [rank, inputs], values: transposed(weights.subarray(layout.codes), inputs, rank) },
    [B]: {
      dtype,
      shape: [PIXELS, rank],
      values: transposed(weights.subarray(layout.basis, layout.codes), rank, PIXELS),
    },
    [ALPHA]: { dtype, shape: [], values: Float32Array.of(shape.alpha) },
    [MEAN]: { dtype, shape: [PIXELS], values: weights.subarray(0, PIXELS) },
    [CAPTIONS]: { dtype, shape: [photos, VOCABULARY], values: captions },
    ...lora.extra?.tensors,
  };
  // https://github.com/Stability-AI/ModelSpec 1.0.1; `training_info` and `ss_*` as AI-Toolkit and kohya write them.
  await writeSafetensors(path, tensors, {
    format: 'pt',
    'modelspec.sai_model_spec': '1.0.1',
    'modelspec.architecture': ARCHITECTURE,
    'modelspec.implementation': 'isengard-fast-test',
    'modelspec.title': lora.title,
    'modelspec.trigger_phrase': lora.triggerWord,
    'modelspec.resolution': `${lora.resolution}x${lora.resolution}`,
    ss_network_dim: String(rank),
    ss_network_alpha: String(shape.alpha),
    ss_num_train_images: String(photos),
    ss_max_train_steps: String(lora.steps),
    training_info: JSON.stringify({ step: lora.step }),
    software: JSON.stringify({ name: 'isengard-fast-test', picture: `${SIDE}x${SIDE}` }),
    ...lora.extra?.metadata,
  });
}

/** The LoRA and all tensors of its file. Throws `ForeignLora`, or `InvalidSafetensors` for a file that is none. */
export async function readLora(path: string): Promise<Lora & { tensors: Map<string, Tensor> }> {
  // A stranger's file may have gigabytes: its header must say that it is ours before the rest is read.
  const header = await readSafetensorsHeader(path);
  const architecture = header.metadata.get('modelspec.architecture');
  if (architecture !== ARCHITECTURE) {
    throw new ForeignLora(`It is made for ${architecture ?? 'an unknown base model'}, not for fast-test.`);
  }
  const size = Math.max(0, ...header.tensors.values().map(({ end }) => end));
  if (size > MAX_BYTES) throw new ForeignLora(`It has ${size} bytes, more than any file of this engine.`);
  const { tensors, metadata } = await readSafetensors(path);
  const tensor = (name: string): Tensor => {
    const found = tensors.get(name);
    if (found === undefined) throw new ForeignLora(`It has no tensor "${name}".`);
    return found;
  };
  const [a, b, mean, captions] = [tensor(A), tensor(B), tensor(MEAN), tensor(CAPTIONS)];
  const [rank = 0, inputs = 0] = a.shape;
  const photos = inputs - VOCABULARY;
  const shapes = JSON.stringify([a.shape, b.shape, mean.shape, captions.shape]);
  if (rank < 1 || photos < 1) throw new ForeignLora('It holds no photo.');
  if (shapes !== JSON.stringify([[rank, inputs], [PIXELS, rank], [PIXELS], [photos, VOCABULARY]])) {
    throw new ForeignLora(`Its tensors do not fit together: ${shapes}.`);
  }
  const alpha = floatsOf(tensor(ALPHA))[0];
  if (alpha === undefined) throw new ForeignLora('Its alpha is empty.');
  const shape = { rank, alpha, photos };
  const layout = layoutOf(shape);
  const weights = new Float32Array(layout.size);
  weights.set(floatsOf(mean), 0);
  weights.set(transposed(floatsOf(b), PIXELS, rank), layout.basis);
  weights.set(transposed(floatsOf(a), rank, inputs), layout.codes);
  if (!weights.every(Number.isFinite)) throw new ForeignLora('It holds numbers that are not finite.');
  const triggerWord = metadata.get('modelspec.trigger_phrase') ?? '';
  return { shape, weights, captions: floatsOf(captions), triggerWord, metadata, tensors };
}

/** Whether the fault is the file's own, so that another attempt cannot end differently. */
export const isBadFile = (error: unknown): error is ForeignLora | InvalidSafetensors =>
  error instanceof ForeignLora || error instanceof InvalidSafetensors;
