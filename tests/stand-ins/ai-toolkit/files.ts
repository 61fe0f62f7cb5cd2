import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type TensorToWrite, writeSafetensors } from '#server/storage/safetensors.ts';

/** Keys and shapes as AI-Toolkit writes them, of a few layers of each kind: [input, output]. */
const LAYERS: Record<
  string,
  { version: string; isKohya: boolean; layers: Record<string, [number, number]> }
> = {
  flux: {
    version: 'flux.1',
    isKohya: false,
    layers: {
      'transformer.transformer_blocks.0.attn.to_q': [3072, 3072],
      'transformer.transformer_blocks.18.attn.add_k_proj': [3072, 3072],
      'transformer.single_transformer_blocks.0.attn.to_v': [3072, 3072],
      'transformer.single_transformer_blocks.37.proj_mlp': [3072, 12_288],
    },
  },
  sdxl: {
    version: 'sdxl_1.0',
    isKohya: true,
    layers: {
      lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k: [2048, 640],
      lora_unet_down_blocks_2_attentions_1_transformer_blocks_9_attn1_to_q: [1280, 1280],
      lora_unet_mid_block_attentions_0_transformer_blocks_9_attn2_to_v: [2048, 1280],
    },
  },
  sd15: {
    version: 'sd_1.5',
    isKohya: true,
    layers: {
      lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k: [768, 320],
      lora_unet_up_blocks_1_attentions_2_transformer_blocks_0_attn2_to_v: [768, 1280],
    },
  },
  qwen_image: {
    version: 'qwen_image',
    isKohya: false,
    layers: {
      'diffusion_model.transformer_blocks.0.attn.add_q_proj': [3072, 3072],
      'diffusion_model.transformer_blocks.59.img_mlp.net.2': [12_288, 3072],
    },
  },
  zimage: {
    version: 'zimage',
    isKohya: false,
    layers: {
      'diffusion_model.layers.0.attention.to_q': [3840, 3840],
      'diffusion_model.layers.29.feed_forward.w1': [3840, 10_240],
    },
  },
};

/** mulberry32: equal seeds, equal weights. */
function dice(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  };
}

export type LoraOf = {
  arch: string;
  name: string;
  rank: number;
  alpha: number;
  seed: number;
  step: number;
  triggerWord: string;
  meta: Record<string, string>;
};

const spaced = (value: unknown) =>
  JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ').replaceAll('{ ', '{').replaceAll(' }', '}');

/** Complete, under a name that nobody looks at. */
async function loraBytes(of: LoraOf, folder: string): Promise<Buffer> {
  const { version, isKohya, layers } =
    LAYERS[of.arch.split(':')[0] ?? ''] ?? (LAYERS.flux as (typeof LAYERS)[string]);
  const roll = dice(of.seed * 1_000_003 + of.step);
  const matrix = (...shape: number[]): TensorToWrite => ({
    dtype: 'F16',
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => roll() / 8),
  });
  const tensors: Record<string, TensorToWrite> = {};
  for (const [key, [input, output]] of Object.entries(layers)) {
    tensors[`${key}.${isKohya ? 'lora_down' : 'lora_A'}.weight`] = matrix(of.rank, input);
    tensors[`${key}.${isKohya ? 'lora_up' : 'lora_B'}.weight`] = matrix(output, of.rank);
    if (isKohya) tensors[`${key}.alpha`] = { dtype: 'F16', shape: [], values: Float32Array.of(of.alpha) };
  }
  const temporary = join(folder, '.stand-in.safetensors');
  await writeSafetensors(temporary, tensors, {
    format: 'pt',
    software: spaced({
      name: 'ai-toolkit',
      repo: 'https://github.com/ostris/ai-toolkit',
      version: '0.12.26',
    }),
    training_info: spaced({ step: of.step, epoch: Math.floor(of.step / 5) }),
    ss_base_model_version: version,
    ss_output_name: of.name,
    ss_tag_frequency: spaced({ [`1_${of.triggerWord}`]: { [of.triggerWord]: 1 } }),
    sshs_legacy_hash: createHash('sha256').update(`${of.seed} ${of.step}`).digest('hex').slice(0, 8),
    ...of.meta,
  });
  const bytes = await readFile(temporary);
  await rm(temporary);
  return bytes;
}

/** In place and in pieces, as the original does; only a part of it when `share` is less than 1. */
export async function saveLora(
  path: string,
  of: LoraOf,
  { folder, share = 1 }: { folder: string; share?: number },
) {
  const bytes = await loraBytes(of, folder);
  const file = await open(path, 'w');
  const half = Math.floor(bytes.length / 2);
  await file.write(bytes, 0, half);
  // Long enough for a reader to meet the half that is there, as with the original's large files.
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (share === 1) await file.write(bytes, half);
  await file.close();
}

/** Only the newest numbered files stay. */
export async function pruneSaves(folder: string, name: string, keep: number, print: (line: string) => void) {
  const files = (await readdir(folder)).filter(
    (file) => file.startsWith(`${name}_`) && file.endsWith('.safetensors'),
  );
  const aged = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(folder, file))).ctimeMs })),
  );
  for (const { file } of aged.sort((a, b) => a.at - b.at).slice(0, -keep)) {
    print(`Removing old save: ${join(folder, file)}`);
    await rm(join(folder, file));
  }
}

/** A photo of the dataset, tinted by the seed and cleared by the steps: a picture, and each another one. */
export async function drawSample(of: {
  photo: string;
  folder: string;
  file: string;
  width: number;
  height: number;
  seed: number;
  share: number;
  isAtomic: boolean;
}) {
  // Only when it is needed: it takes as long to load as all the rest.
  const { default: sharp } = await import('sharp');
  await mkdir(join(of.folder, '.tmp'), { recursive: true });
  const target = join(of.folder, of.file);
  const path = of.isAtomic ? join(of.folder, '.tmp', of.file) : target;
  await sharp(of.photo)
    .resize(of.width, of.height, { fit: 'cover' })
    .blur(0.3 + 20 * (1 - of.share))
    .modulate({ hue: of.seed % 360 })
    .toFile(path);
  if (of.isAtomic) await rename(path, target);
}
