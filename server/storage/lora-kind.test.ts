import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAMILIES, loraBytes, type Shapes, SOME_LAYERS, shapesOf } from '#tests/loras.ts';
import { loraKind, loraKindOf, NoLora } from './lora-kind.ts';
import type { TensorHeader } from './safetensors-header.ts';

function kindOf(shapes: Shapes, metadata: Record<string, string> = {}) {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, TensorHeader] => [
    name,
    { dtype: 'F16', shape, begin: 0, end: 0 },
  ]);
  return loraKind({ tensors: new Map(tensors), metadata: new Map(Object.entries(metadata)) });
}

test('a file is read from its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lora-kind-'));
  const path = join(folder, 'a.safetensors');
  await writeFile(path, await loraBytes(shapesOf('peft', SOME_LAYERS), { ss_network_alpha: '8.0' }));
  expect(await loraKindOf(path)).toEqual({
    family: null,
    isSure: false,
    kind: 'peft',
    rank: 4,
    alpha: 8,
    reachesText: false,
    title: null,
    triggerWords: [],
  });
  await rm(folder, { recursive: true });
});

describe('which kind', () => {
  test.each([
    ['kohya', 6],
    ['peft', 6],
    ['diffusers', 6],
    ['loha', 6],
    ['lokr', 6],
    ['dora', 6],
    ['diff', 0],
  ] as const)('%s has rank %i', (kind, rank) => {
    expect(kindOf(shapesOf(kind, SOME_LAYERS, 6))).toMatchObject({ kind, rank });
  });

  test.each([
    'lora_te_text_model_encoder_layers_0_mlp_fc1',
    'lora_te2_text_model_encoder_layers_0_mlp_fc1',
    'text_encoder_2.text_model.encoder.layers.0.mlp.fc1',
    'text_encoders.t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.q',
  ])('it reaches the text: %s', (layer) => {
    const only = { [`${layer}.lora_A.weight`]: [4, 768], [`${layer}.lora_B.weight`]: [3072, 4] };
    expect(kindOf({ ...shapesOf('peft', SOME_LAYERS), ...only }).reachesText).toBe(true);
    expect(kindOf(shapesOf('peft', SOME_LAYERS)).reachesText).toBe(false);
  });

  test('the rank is the largest, of convolutions too', () => {
    const convolution = { 'b.lora_down.weight': [32, 320, 3, 3], 'b.lora_up.weight': [320, 32, 1, 1] };
    expect(kindOf({ ...shapesOf('kohya', SOME_LAYERS, 8), ...convolution }).rank).toBe(32);
  });

  test('differences of biases beside the pairs do not change it', () => {
    const shapes = { ...shapesOf('kohya', SOME_LAYERS), 'a.diff_b': [8], 'b.diff_b': [8], 'c.w_norm': [8] };
    expect(kindOf(shapes)).toMatchObject({ kind: 'kohya', rank: 4 });
  });

  test('a LoHa of convolutions in three parts each', () => {
    const shapes = {
      'a.hada_t1': [4, 4, 3, 3],
      'a.hada_w1_a': [4, 320],
      'a.hada_w1_b': [4, 640],
      'a.hada_t2': [4, 4, 3, 3],
      'a.hada_w2_a': [4, 320],
      'a.hada_w2_b': [4, 640],
    };
    expect(kindOf(shapes)).toMatchObject({ kind: 'loha', rank: 4 });
  });

  test('PEFT adapters with a name, and DoRA as PEFT writes it', () => {
    const shapes = {
      'a.lora_A.default.weight': [4, 12],
      'a.lora_B.default.weight': [8, 4],
      'a.lora_magnitude_vector': [8],
    };
    expect(kindOf(shapes)).toMatchObject({ kind: 'dora', rank: 4 });
  });
});

/** Ways of other programs to write down the same, and what is close to another family. */
const MORE: [what: string, family: string, shapes: Shapes, metadata?: Record<string, string>][] = [
  [
    'FLUX.1 of kohya',
    'flux.1',
    shapesOf('kohya', {
      lora_unet_double_blocks_18_img_mod_lin: [3072, 18_432],
      lora_unet_single_blocks_37_linear1: [3072, 21_504],
    }),
  ],
  [
    'FLUX.1 of OneTrainer',
    'flux.1',
    shapesOf('kohya', {
      lora_transformer_transformer_blocks_0_attn_to_q: [3072, 3072],
      lora_transformer_transformer_blocks_0_norm1_linear: [3072, 18_432],
    }),
  ],
  [
    'FLUX.1 without modulation whose metadata says so',
    'flux.1',
    shapesOf('peft', { 'transformer.single_transformer_blocks.37.attn.to_q': [3072, 3072] }),
    { 'modelspec.architecture': 'flux-1-dev/lora' },
  ],
  [
    'Chroma whose metadata says so',
    'chroma',
    shapesOf('kohya', { lora_unet_single_blocks_37_linear1: [3072, 21_504] }),
    { ss_base_model_version: 'chroma' },
  ],
  [
    'FLUX.2 [klein] 9B',
    'flux.2',
    shapesOf('peft', { 'diffusion_model.single_blocks.23.linear1': [4096, 36_864] }),
  ],
  [
    'FLUX.2 [klein] 4B, by its feed-forward',
    'flux.2',
    shapesOf('peft', {
      'diffusion_model.single_blocks.19.linear1': [3072, 27_648],
      'diffusion_model.single_blocks.19.linear2': [12_288, 3072],
    }),
  ],
  [
    'FLUX.2 [klein] 4B of diffusers',
    'flux.2',
    shapesOf('peft', { 'transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj': [3072, 27_648] }),
  ],
  [
    'SDXL by its depth alone',
    'sdxl',
    shapesOf('peft', {
      'unet.mid_block.attentions.0.transformer_blocks.9.attn1.to_q': [1280, 1280],
    }),
  ],
  [
    'SDXL of LoKr',
    'sdxl',
    shapesOf('lokr', { lycoris_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k: [2048, 640] }),
  ],
  [
    'SD 1.5 of LoHa',
    'sd1.5',
    shapesOf('loha', { lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_v: [768, 1280] }),
  ],
  [
    'SD 1.5 of old diffusers',
    'sd1.5',
    shapesOf('diffusers', {
      'unet.up_blocks.1.attentions.0.transformer_blocks.0.attn2.processor.to_k': [768, 1280],
    }),
  ],
  [
    'SD 1.5 as whole differences',
    'sd1.5',
    shapesOf('diff', { lora_unet_output_blocks_3_1_transformer_blocks_0_attn2_to_k: [768, 128] }),
  ],
  ['SD 3.5 of kohya', 'sd3', shapesOf('kohya', { lora_unet_joint_blocks_0_x_block_attn_qkv: [2432, 7296] })],
  [
    'Qwen-Image by its number of blocks',
    'qwen-image',
    shapesOf('peft', { 'transformer.transformer_blocks.42.attn.to_q': [3072, 3072] }),
  ],
  [
    'Z-Image by its feed-forward',
    'z-image',
    shapesOf('peft', { 'transformer.layers.29.feed_forward.w1': [3840, 10_240] }),
  ],
  ['Wan of kohya', 'wan', shapesOf('kohya', { lora_unet_blocks_0_cross_attn_k: [1536, 1536] })],
  [
    'an SDXL that says it were FLUX',
    'sdxl',
    shapesOf('kohya', { lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k: [2048, 640] }),
    { ss_base_model_version: 'flux1' },
  ],
];

describe('for which base model', () => {
  test.each(Object.entries(FAMILIES))('%s', (family, { format, layers }) => {
    expect(kindOf(shapesOf(format, layers))).toMatchObject({ family, isSure: true });
  });

  test.each(MORE)('%s', (_, family, shapes, metadata) => {
    expect(kindOf(shapes, metadata)).toMatchObject({ family, isSure: true });
  });

  test.each([
    ['flux-1-schnell/lora', 'flux.1'],
    ['flux.1_kontext', 'flux.1'],
    ['flux2_klein_4b', 'flux.2'],
    ['stable-diffusion-xl-v1-base/lora', 'sdxl'],
    ['sdxl_base_v1-0', 'sdxl'],
    ['sd_1.5', 'sd1.5'],
    ['stable-diffusion-v1/lora', 'sd1.5'],
    ['sd_v2_v', 'sd2'],
    ['sd_3', 'sd3'],
    ['qwen_image', 'qwen-image'],
    ['zimage', 'z-image'],
    ['lumina-2/lora', 'lumina2'],
    ['chroma/lora', 'chroma'],
    ['wan_2.2_14b', 'wan'],
    ['something-new/lora', null],
  ])('by its metadata alone, "%s", it is %s and not sure', (told, family) => {
    const textEncoder = shapesOf('kohya', { lora_te1_text_model_encoder_layers_0_mlp_fc1: [768, 3072] });
    for (const key of ['modelspec.architecture', 'ss_base_model_version'])
      expect(kindOf(textEncoder, { [key]: told })).toMatchObject({ family, isSure: false });
  });

  test.each([
    ['FLUX.1 or Chroma', 'flux.1', { 'transformer.single_transformer_blocks.37.attn.to_q': [3072, 3072] }],
    ['FLUX.1 or [klein] 4B', 'flux.1', { 'diffusion_model.double_blocks.0.img_attn.qkv': [3072, 9216] }],
    ['HunyuanVideo', null, { 'diffusion_model.double_blocks.19.img_attn.qkv': [3072, 9216] }],
    ['HunyuanVideo, by its names', null, { 'transformer.double_blocks.0.img_mod.linear': [3072, 18_432] }],
    ['a refiner', null, { lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k: [1280, 768] }],
    ['a transformer of another width', null, { 'transformer.transformer_blocks.0.attn.to_q': [1152, 1152] }],
  ] as [string, string | null, Record<string, [number, number]>][])(
    '%s is not told apart for sure',
    (_, family, layers) => {
      expect(kindOf(shapesOf('peft', layers))).toMatchObject({ family, isSure: false });
    },
  );
});

describe('what is no LoRA', () => {
  const pair = shapesOf('peft', SOME_LAYERS);
  test.each([
    ['CHECKPOINT', { 'model.diffusion_model.input_blocks.0.0.weight': [320, 4, 3, 3] }],
    ['CHECKPOINT', { 'double_blocks.0.img_attn.qkv.weight': [9216, 3072] }],
    ['CHECKPOINT', { 'encoder.conv_in.weight': [128, 3, 3, 3], 'decoder.conv_in.weight': [512, 16, 3, 3] }],
    ['EMBEDDING', { emb_params: [4, 768] }],
    ['EMBEDDING', { clip_l: [4, 768], clip_g: [4, 1280] }],
    ['NO_PAIR', {}],
    ['NO_PAIR', { anything: [3] }],
    ['NO_PAIR', { 'a.alpha': [] }],
    ['HALF_A_PAIR', { ...pair, 'b.lora_A.weight': [4, 12] }],
    ['HALF_A_PAIR', { ...pair, 'b.lora_B.weight': [12, 4] }],
    ['HALF_A_PAIR', { ...pair, 'b.hada_w1_a': [8, 4], 'b.hada_w1_b': [4, 8] }],
    ['HALF_A_PAIR', { ...pair, 'b.lokr_w1': [4, 4], 'b.lokr_w2_a': [4, 2] }],
    ['HALF_A_PAIR', { ...pair, 'b.dora_scale': [8] }],
    ['UNKNOWN_TENSOR', { ...pair, 'a.weight': [3] }],
    ['BAD_SHAPES', { 'a.lora_A.weight': [4, 12], 'a.lora_B.weight': [8, 5] }],
    ['BAD_SHAPES', { 'a.lora_A.weight': [4], 'a.lora_B.weight': [8] }],
    ['BAD_SHAPES', { 'a.lora_A.weight': [2 ** 31, 0], 'a.lora_B.weight': [0, 2 ** 31] }],
    ['BAD_SHAPES', { 'a.lora_A.weight': [20_000, 1], 'a.lora_B.weight': [1, 20_000] }],
    [
      'BAD_SHAPES',
      { 'a.hada_w1_a': [8, 4], 'a.hada_w1_b': [4, 8], 'a.hada_w2_a': [8, 3], 'a.hada_w2_b': [4, 8] },
    ],
  ] as [string, Shapes][])('%s: %o', (reason, shapes) => {
    const refused = () => kindOf(shapes);
    expect(refused).toThrow(NoLora);
    expect(refused).toThrow(expect.objectContaining({ reason, message: expect.stringMatching(/\.$/) }));
  });

  test('a name of 500 characters is not repeated whole', () => {
    const refused = () => kindOf({ ...pair, ['x'.repeat(500)]: [3] });
    expect(refused).toThrow(/"x{79}…"/);
  });
});

describe('trigger words and title', () => {
  const pair = shapesOf('peft', SOME_LAYERS);
  const json = JSON.stringify;

  test('are suggested in the order of what is likeliest, each once', () => {
    const metadata = {
      'modelspec.trigger_phrase': '  ohwx\n man ',
      'modelspec.usage_hint': 'write ohwx',
      ss_training_comment: 'trained at night',
      ss_num_train_images: '200',
      ss_dataset_dirs: json({ '10_ohwx man': { n_repeats: 10, img_count: 20 } }),
      ss_tag_frequency: json({ '10_ohwx man': { smile: 5, hat: 18, solo: 20 } }),
      'modelspec.title': 'Mara at night',
      ss_output_name: 'mara-000004',
    };
    expect(kindOf(pair, metadata)).toMatchObject({
      title: 'Mara at night',
      triggerWords: ['ohwx man', 'write ohwx', 'ohwx', 'solo', 'hat', 'trained at night'],
    });
  });

  test('as AI-Toolkit writes it: one folder with one tag', () => {
    const metadata = { ss_tag_frequency: json({ '1_mara k': { 'mara k': 1 } }), ss_output_name: 'mara' };
    expect(kindOf(pair, metadata)).toMatchObject({ title: 'mara', triggerWords: ['mara k'] });
  });

  test.each([
    ['what Python does not have', { 'modelspec.trigger_phrase': 'None', ss_training_comment: 'None' }, []],
    ['tags that are no JSON', { ss_tag_frequency: '{"10_a' }, []],
    ['tags of other forms', { ss_tag_frequency: json([1, { a: null }]), ss_num_train_images: '{}' }, []],
    ['folders without tags', { ss_tag_frequency: json({ '1_a': null, '2_b': { c: 'x' } }) }, ['a', 'b']],
    ['a property of every object', { ss_tag_frequency: '{"__proto__": {"x": 1}}' }, ['__proto__']],
    ['half of a sentence', { 'modelspec.usage_hint': 'x'.repeat(101) }, []],
    ['as long as may be', { 'modelspec.usage_hint': '😀'.repeat(100) }, ['😀'.repeat(100)]],
    ['what turns text around', { 'modelspec.trigger_phrase': 'a\u202eb\u0000c\ud800' }, ['abc']],
    ['markup is only text', { 'modelspec.trigger_phrase': '<img onerror=x>' }, ['<img onerror=x>']],
  ])('%s', (_, metadata, triggerWords) => {
    expect(kindOf(pair, metadata as unknown as Record<string, string>)).toMatchObject({
      title: null,
      triggerWords,
    });
  });

  test('are ten at most', () => {
    const folders = Array.from({ length: 30 }, (_, i) => [`1_w${i}`, {}]);
    const metadata = { ss_tag_frequency: json(Object.fromEntries(folders)) };
    expect(kindOf(pair, metadata).triggerWords).toHaveLength(10);
  });
});
