import type { SafetensorsHeader, TensorHeader } from './safetensors-header.ts';

/** How the weights are written down; each program that trains has its own names for the same few matrices. */
export type LoraFormat = 'kohya' | 'peft' | 'diffusers' | 'loha' | 'lokr' | 'diff';

/** What a file changes in one layer of its model. */
export type LoraLayer = {
  /** As the file calls the layer, without what follows for each tensor. */
  name: string;
  format: LoraFormat | null;
  /** By what they are: `down`, `up`, `alpha`, `dora_scale`, `w1_a` … */
  parts: Map<string, TensorHeader>;
};

const SAME: Record<string, string> = { A: 'down', B: 'up' };

/** The end of a tensor's name; the group says which part of its layer it is. The first that matches counts. */
const ENDINGS: [RegExp, LoraFormat | null][] = [
  [/\.lora_(down|up|mid)\.weight$/, 'kohya'],
  [/\.lora_([AB])(?:\.default)?\.weight$/, 'peft'],
  [/(?:_lora|\.lora|\.lora_linear_layer)\.(down|up)\.weight$/, 'diffusers'],
  [/\.hada_(w[12]_[ab]|t[12])$/, 'loha'],
  [/\.lokr_(w[12](?:_[ab])?|t[12])$/, 'lokr'],
  [/\.(diff|diff_b|set_weight|w_norm|b_norm)$/, 'diff'],
  [/\.(dora_scale|lora_magnitude_vector)(?:(?:\.default)?\.weight)?$/, null],
  [/\.(alpha)$/, null],
];

/** The layers that a file changes, and the tensors that are no part of a LoRA as far as we know. */
export function loraLayers({ tensors }: Pick<SafetensorsHeader, 'tensors'>) {
  const layers = new Map<string, LoraLayer>();
  const unmatched: string[] = [];
  for (const [tensorName, tensor] of tensors) {
    const match = matchOf(tensorName);
    if (match === null) {
      unmatched.push(tensorName);
      continue;
    }
    const { name, part, format } = match;
    const layer = layers.get(name) ?? { name, format: null, parts: new Map<string, TensorHeader>() };
    // A layer may have a pair and a `diff_b` beside it: the pair says what it is.
    if (layer.format === null || layer.format === 'diff') layer.format = format ?? layer.format;
    layer.parts.set(part, tensor);
    layers.set(name, layer);
  }
  return { layers: [...layers.values()], unmatched };
}

/** The longest of `ENDINGS` has 37. In a long name they would look for their beginning from each of its dots. */
const LONGEST_ENDING = 40;

function matchOf(tensorName: string) {
  const start = Math.max(0, tensorName.length - LONGEST_ENDING);
  const end = tensorName.slice(start);
  for (const [ending, format] of ENDINGS) {
    const match = ending.exec(end);
    if (match === null) continue;
    const [, part = ''] = match;
    return { name: tensorName.slice(0, start + match.index), part: SAME[part] ?? part, format };
  }
  return null;
}

const side = (layer: LoraLayer, part: string, axis: number) => layer.parts.get(part)?.shape[axis];

/** Which parts a layer must have, each by any of these ways to write it. */
const NEEDED: Record<LoraFormat, string[][]> = {
  kohya: [['down'], ['up']],
  peft: [['down'], ['up']],
  diffusers: [['down'], ['up']],
  loha: [['w1_a'], ['w1_b'], ['w2_a'], ['w2_b']],
  lokr: [
    ['w1', 'w1_a'],
    ['w1', 'w1_b'],
    ['w2', 'w2_a'],
    ['w2', 'w2_b'],
  ],
  diff: [],
};

/** One that has half of a pair. An alpha of nothing changes nothing, so it does no harm. */
export function isIncomplete({ format, parts }: LoraLayer): boolean {
  if (format === null) return [...parts.keys()].some((part) => part !== 'alpha');
  return NEEDED[format].some((ways) => !ways.some((part) => parts.has(part)));
}

/** Far above what anybody trains; the database counts to 2^31 − 1. */
const MAX_RANK = 16_384;

/** Matrices that cannot be multiplied with each other, or hold nothing. */
export function isMisshapen(layer: LoraLayer): boolean {
  const { parts } = layer;
  if (parts.values().some(({ shape }) => shape.includes(0)) || rankOf(layer) > MAX_RANK) return true;
  const fits = (left: string, right: string) => {
    if (!parts.has(left) || !parts.has(right)) return true;
    return side(layer, left, 1) !== undefined && side(layer, left, 1) === side(layer, right, 0);
  };
  // With a core tensor (`t1`, `t2`) both sides of a product begin with the rank.
  const isTucker = parts.has('t1') || parts.has('t2');
  return !(fits('up', 'down') && (isTucker || (fits('w1_a', 'w1_b') && fits('w2_a', 'w2_b'))));
}

/** 0 for a difference that is written down whole. */
export const rankOf = (layer: LoraLayer): number =>
  Math.max(0, side(layer, 'down', 0) ?? 0, side(layer, 'w1_b', 0) ?? 0, side(layer, 'w2_b', 0) ?? 0);

/** How many numbers the layer takes in; undefined when that is not to be seen. */
export function inputOf(layer: LoraLayer): number | undefined {
  if (layer.format === 'loha') return side(layer, 'w1_b', 1);
  if (layer.format === 'diff') return side(layer, 'diff', 1);
  if (layer.format !== 'lokr') return side(layer, 'down', 1);
  // The weight is a Kronecker product, so its sides are products too.
  const first = side(layer, 'w1', 1) ?? side(layer, 'w1_b', 1);
  const second = side(layer, 'w2', 1) ?? side(layer, 'w2_b', 1);
  return first === undefined || second === undefined ? undefined : first * second;
}
