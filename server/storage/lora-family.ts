import { inputOf, type LoraLayer } from './lora-layers.ts';

/** Base models for which the same LoRAs work. Engines name their base models' families by these words. */
export type LoraFamily =
  | 'fast-test'
  | 'flux.1'
  | 'flux.2'
  | 'sdxl'
  | 'sd1.5'
  | 'sd2'
  | 'sd3'
  | 'qwen-image'
  | 'z-image'
  | 'lumina2'
  | 'chroma'
  | 'wan';

/** `isSure`: the layers' names and sizes say so. Otherwise it is what the metadata says, which anybody may have written. */
export type FamilyGuess = { family: LoraFamily | null; isSure: boolean };

/** The layers first: metadata is copied from file to file, and survives a merge with something else. */
export function familyOf(layers: LoraLayer[], metadata: Map<string, string>): FamilyGuess {
  const told = familyInMetadata(metadata);
  const model = modelOf(layers);
  for (const recognise of RECOGNISERS) {
    const found = recognise(model, told);
    if (found !== null) return found;
  }
  return { family: told, isSure: false };
}

// ── By layers ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What programs put before the layer's own name. */
const PREFIX =
  /^(?:base_model\.model\.)?(?:lora_unet_|lora_transformer_|lycoris_(?:unet_)?|(?:model\.)?diffusion_model\.|transformer\.|unet\.)?/;

type Model = {
  has(pattern: RegExp): boolean;
  /** Of the first layer of that name whose size is known. */
  input(pattern: RegExp): number | undefined;
  /** The highest number of a block, by the first group of the pattern; −1 when there is none. */
  last(pattern: RegExp): number;
};

/** No real LoRA has that many layers, nor names that long: what a hostile one has more is not looked at. */
const MOST_LAYERS = 4000;
const LONGEST_NAME = 200;

/** kohya writes `_` where the model has `.`, so with `_` throughout the names of all programs are the same. */
function modelOf(layers: LoraLayer[]): Model {
  const looked = layers.slice(0, MOST_LAYERS).filter(({ name }) => name.length <= LONGEST_NAME);
  const inputs = new Map(
    looked.map((layer) => [layer.name.replace(PREFIX, '').replaceAll('.', '_'), inputOf(layer)]),
  );
  return {
    has: (pattern) => inputs.keys().some((name) => pattern.test(name)),
    input: (pattern) =>
      inputs.entries().find(([name, input]) => input !== undefined && pattern.test(name))?.[1],
    last: (pattern) => Math.max(-1, ...inputs.keys().map((name) => Number(pattern.exec(name)?.[1] ?? -1))),
  };
}

type Recogniser = (model: Model, told: LoraFamily | null) => FamilyGuess | null;
const sure = (family: LoraFamily | null): FamilyGuess | null =>
  family === null ? null : { family, isSure: true };

/** A model of a size that we do not know is none that we know, whatever its metadata says. */
const UNKNOWN: FamilyGuess = { family: null, isSure: false };
const bySize = (sizes: Record<number, LoraFamily>, size: number | undefined): FamilyGuess | null => {
  if (size === undefined) return null;
  return sure(sizes[size] ?? null) ?? UNKNOWN;
};

const byNames =
  (pattern: RegExp, family: LoraFamily): Recogniser =>
  (model) =>
    model.has(pattern) ? sure(family) : null;

/** Z-Image has the names of Lumina 2. */
const nextDit: Recogniser = (model) => {
  const layer =
    /^(?:layers|noise_refiner|context_refiner)_\d+_(?:attention_(?:to_[qkv]|qkv)|feed_forward_w[13])$/;
  return bySize({ 3840: 'z-image', 2304: 'lumina2' }, model.input(layer));
};

/** Stable Diffusion's U-Nets differ in what their cross-attention takes: the text encoder's output. */
const unet: Recogniser = (model) => {
  const block = /^(?:input_blocks|output_blocks|middle_block|down_blocks|up_blocks|mid_block)_/;
  if (!model.has(block)) return null;
  const text = model.input(/attn2_(?:processor_)?to_[kv]$/);
  if (text !== undefined) return bySize({ 2048: 'sdxl', 1024: 'sd2', 768: 'sd1.5' }, text);
  // The others have one transformer in a row.
  return model.last(/_transformer_blocks_(\d+)_/) > 0 ? sure('sdxl') : null;
};

const HIDDEN =
  /^(?:double_blocks_\d+_(?:img|txt)_(?:attn_qkv|attn_proj|mlp_0)|single_blocks_\d+_linear1|(?:single_)?transformer_blocks_\d+_(?:attn_(?:to_[qkv]|add_[qkv]_proj|to_qkv_mlp_proj)|proj_mlp|ff_net_0_proj|ff_linear_in))$/;

/** FLUX, Chroma, SD3 and Qwen-Image: transformers that see picture and text side by side. */
const fluxLike: Recogniser = (model, told) => {
  if (!model.has(/^(?:double_blocks|single_blocks|(?:single_)?transformer_blocks)_\d+_/)) return null;
  const hidden = model.input(HIDDEN);
  if (hidden === 6144 || hidden === 4096) return sure('flux.2');
  if (hidden === 2432 || hidden === 1536) return sure('sd3');
  if (hidden !== 3072) return hidden === undefined ? null : UNKNOWN;

  const double = model.last(/^(?:double|transformer)_blocks_(\d+)_/);
  const single = model.last(/^single_(?:transformer_)?blocks_(\d+)_/);
  const hasSingle = single >= 0 || model.has(/^double_blocks_/);
  if (double > 18) return hasSingle ? UNKNOWN : sure('qwen-image');
  // HunyuanVideo has FLUX's names and width, and two blocks more of each kind.
  if (single > 37 || model.has(/_(?:mlp_fc[12]|mod_linear)$/)) return UNKNOWN;
  return isFlux2(model) ? sure('flux.2') : flux1OrChroma(model, told, { isDeep: double > 4 || single > 19 });
};

/** [klein] 4B is as wide as FLUX.1; its feed-forward layers are gated and narrower, and its modulation is shared by all blocks. */
const isFlux2 = (model: Model) =>
  model.has(/_to_qkv_mlp_proj$|_ff(?:_context)?_linear_(?:in|out)$|^(?:double|single)_stream_modulation_/) ||
  model.input(/^single_blocks_\d+_linear2$/) === 12_288 ||
  model.input(/^double_blocks_\d+_(?:img|txt)_mlp_2$/) === 9216;

/** Chroma is FLUX.1 without modulation in its blocks. A LoRA that leaves that out may be of either. */
function flux1OrChroma(model: Model, told: LoraFamily | null, { isDeep }: { isDeep: boolean }): FamilyGuess {
  if (model.has(/_(?:mod_lin|modulation_lin|norm1?(?:_context)?_linear)$/))
    return { family: 'flux.1', isSure: true };
  const isOneOfThem =
    isDeep ||
    model.has(/^single_transformer_blocks_\d+_proj_mlp$|^transformer_blocks_\d+_ff(?:_context)?_net_/) ||
    model.input(/^single_blocks_\d+_linear2$/) === 15_360 ||
    model.input(/^double_blocks_\d+_(?:img|txt)_mlp_2$/) === 12_288;
  if (!isOneOfThem) return { family: told ?? 'flux.1', isSure: false };
  if (told === 'chroma' || told === 'flux.1') return { family: told, isSure: true };
  return { family: 'flux.1', isSure: false };
}

const RECOGNISERS: Recogniser[] = [
  byNames(/^isengard_picture$/, 'fast-test'),
  byNames(/^blocks_\d+_(?:(?:self|cross)_attn_[qkvo](?:_img)?|attn[12]_to_[qkv])$/, 'wan'),
  byNames(/^joint_blocks_\d+_/, 'sd3'),
  byNames(/^distilled_guidance_layer_/, 'chroma'),
  byNames(/^transformer_blocks_\d+_(?:img|txt)_(?:mlp|mod)_/, 'qwen-image'),
  nextDit,
  unet,
  fluxLike,
];

// ── By metadata ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** How `modelspec.architecture` and `ss_base_model_version` begin, in lower case. */
const TOLD: [RegExp, LoraFamily][] = [
  [/^isengard-fast-test/, 'fast-test'],
  [/^flux[-_.]?2/, 'flux.2'],
  [/^flux/, 'flux.1'],
  [/^(?:sdxl|sd_xl|stable-diffusion-xl)/, 'sdxl'],
  [/^(?:sd_?v?1|stable-diffusion-v1)/, 'sd1.5'],
  [/^(?:sd_?v?2|stable-diffusion-v2)/, 'sd2'],
  [/^(?:sd_?v?3|stable-diffusion-v?3)/, 'sd3'],
  [/^qwen[-_]?image/, 'qwen-image'],
  [/^z[-_]?image/, 'z-image'],
  [/^lumina[-_]?2/, 'lumina2'],
  [/^chroma/, 'chroma'],
  [/^wan/, 'wan'],
];

function familyInMetadata(metadata: Map<string, string>): LoraFamily | null {
  for (const key of ['modelspec.architecture', 'ss_base_model_version']) {
    const name = metadata.get(key)?.toLowerCase() ?? '';
    const family = TOLD.find(([beginning]) => beginning.test(name))?.[1];
    if (family !== undefined) return family;
  }
  return null;
}
