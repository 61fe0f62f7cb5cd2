import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TensorToWrite, writeSafetensors } from '#server/storage/safetensors.ts';
import type { Api, Data } from './api.ts';

/** Shapes by tensor. */
export type Shapes = Record<string, number[]>;

/** The matrices of layers as the programs write them, from `[in, out]` of each layer. Names are the real ones, the rest is small. */
export const FORMATS = {
  kohya: (name, [input, output], rank) => ({
    [`${name}.lora_down.weight`]: [rank, input],
    [`${name}.lora_up.weight`]: [output, rank],
    [`${name}.alpha`]: [],
  }),
  peft: (name, [input, output], rank) => ({
    [`${name}.lora_A.weight`]: [rank, input],
    [`${name}.lora_B.weight`]: [output, rank],
  }),
  diffusers: (name, [input, output], rank) => ({
    [`${name}_lora.down.weight`]: [rank, input],
    [`${name}_lora.up.weight`]: [output, rank],
  }),
  loha: (name, [input, output], rank) => ({
    [`${name}.hada_w1_a`]: [output, rank],
    [`${name}.hada_w1_b`]: [rank, input],
    [`${name}.hada_w2_a`]: [output, rank],
    [`${name}.hada_w2_b`]: [rank, input],
    [`${name}.alpha`]: [],
  }),
  lokr: (name, [input, output], rank) => ({
    [`${name}.lokr_w1`]: [4, 4],
    [`${name}.lokr_w2_a`]: [output / 4, rank],
    [`${name}.lokr_w2_b`]: [rank, input / 4],
    [`${name}.alpha`]: [],
  }),
  dora: (name, [input, output], rank) => ({
    [`${name}.lora_down.weight`]: [rank, input],
    [`${name}.lora_up.weight`]: [output, rank],
    [`${name}.dora_scale`]: [output, 1],
  }),
  diff: (name, [input, output]) => ({ [`${name}.diff`]: [output, input] }),
} satisfies Record<string, (name: string, size: [number, number], rank: number) => Shapes>;

type Layers = Record<string, [input: number, output: number]>;

export const shapesOf = (format: keyof typeof FORMATS, layers: Layers, rank = 4): Shapes =>
  Object.assign({}, ...Object.entries(layers).map(([name, size]) => FORMATS[format](name, size, rank)));

/** A layer of each base model that one can be told by, as the usual program for it writes it. */
export const FAMILIES: Record<string, { format: keyof typeof FORMATS; layers: Layers }> = {
  'flux.1': {
    format: 'peft',
    layers: {
      'transformer.transformer_blocks.0.attn.to_q': [3072, 3072],
      'transformer.transformer_blocks.0.norm1.linear': [3072, 18_432],
      'transformer.single_transformer_blocks.37.proj_mlp': [3072, 12_288],
    },
  },
  'flux.2': {
    format: 'peft',
    layers: { 'diffusion_model.double_blocks.0.img_attn.qkv': [6144, 18_432] },
  },
  sdxl: {
    format: 'kohya',
    layers: {
      lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k: [2048, 640],
      lora_te1_text_model_encoder_layers_0_mlp_fc1: [768, 3072],
      lora_te2_text_model_encoder_layers_0_mlp_fc1: [1280, 5120],
    },
  },
  'sd1.5': {
    format: 'kohya',
    layers: {
      lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k: [768, 320],
      lora_te_text_model_encoder_layers_0_self_attn_q_proj: [768, 768],
    },
  },
  sd2: {
    format: 'kohya',
    layers: { lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v: [1024, 320] },
  },
  sd3: {
    format: 'peft',
    layers: {
      'transformer.transformer_blocks.0.attn.to_q': [1536, 1536],
      'transformer.transformer_blocks.23.attn.add_k_proj': [1536, 1536],
    },
  },
  'qwen-image': {
    format: 'peft',
    layers: {
      'diffusion_model.transformer_blocks.0.attn.add_q_proj': [3072, 3072],
      'diffusion_model.transformer_blocks.59.img_mlp.net.0.proj': [3072, 12_288],
    },
  },
  'z-image': {
    format: 'peft',
    layers: { 'diffusion_model.layers.0.attention.to_q': [3840, 3840] },
  },
  lumina2: {
    format: 'kohya',
    layers: { lora_unet_layers_0_attention_qkv: [2304, 3840] },
  },
  chroma: {
    format: 'peft',
    layers: {
      'diffusion_model.double_blocks.0.img_attn.qkv': [3072, 9216],
      'diffusion_model.distilled_guidance_layer.layers.0.in_layer': [5120, 5120],
    },
  },
  wan: {
    format: 'peft',
    layers: { 'diffusion_model.blocks.0.self_attn.q': [5120, 5120] },
  },
};

/** A small LoRA of an unknown model: sound, and nothing tells what it is for. */
export const SOME_LAYERS: Layers = { 'somewhere.layer': [12, 8] };

/** The bytes of a safetensors file with these tensors, F16 and all alike; `fill` makes one file differ from another. */
export async function loraBytes(
  shapes: Shapes,
  metadata: Record<string, string> = {},
  fill = 0,
): Promise<Buffer> {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, TensorToWrite] => {
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(fill);
    return [name, { dtype: 'F16', shape, values }];
  });
  const folder = await mkdtemp(join(tmpdir(), 'isengard-lora-'));
  try {
    const path = join(folder, 'lora.safetensors');
    await writeSafetensors(path, Object.fromEntries(tensors), metadata);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A safetensors file by hand, for headers that no writer makes. */
export function safetensorsBytes(
  header: unknown,
  dataBytes: number,
  more: { declared?: bigint; bytes?: Buffer } = {},
): Buffer {
  const json = more.bytes ?? Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(more.declared ?? BigInt(json.length));
  return Buffer.concat([size, json, Buffer.alloc(dataBytes)]);
}

export const UPLOAD_LORA = `mutation ($input: UploadLoraInput!, $key: String) {
  uploadLora(input: $input, idempotencyKey: $key) {
    __typename
    ... on UserError { code message }
    ... on InvalidInput { issues { field message } }
    ... on NotALora { reason }
    ... on UploadTooLarge { limitBytes }
    ... on UploadLoraSuccess {
      lora {
        id name version origin baseModel family rank triggerWord suggestedTriggerWords bytes sha256 finalLoss url
        character { id } training { id }
      }
    }
  }
}`;

type UploadLora = {
  characterId?: string;
  name?: string;
  baseModel?: string;
  triggerWord?: string;
  key?: string;
  fileName?: string;
};

/** What `uploadLora` answers to this file. */
export async function uploadLora(api: Api, bytes: Uint8Array, options: UploadLora = {}): Promise<Data> {
  const { key, fileName = 'a.safetensors', ...input } = options;
  const variables = { input: { ...input, file: null }, key };
  const file = { name: fileName, bytes };
  return (await api.upload(UPLOAD_LORA, variables, { 'variables.input.file': file })).uploadLora;
}
