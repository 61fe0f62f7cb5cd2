import type { ComfyuiBaseModel, ControlNets } from './base-model.ts';
import type { FileNeed } from './graph/draft.ts';

/**
 * The base models, and what those of a family have in common. One more of a known kind is one more entry: files, defaults, and the
 * family. ComfyUI tells of a file its name alone, so names decide; what is called otherwise has to be renamed.
 */

const checkpoint = (names: RegExp[], example: string, not?: RegExp): FileNeed => ({
  ...{ folder: 'checkpoints', names, example },
  ...(not && { not }),
});

/** Made of the base model, but drawn differently: in few steps, or only in a second pass. */
const NO_BASE = /inpaint|refiner|turbo|lightning|lcm|hyper|instruct|pix2pix|distill/i;

const NO_IP_ADAPTER =
  'Needs an SDXL or SD 1.5 base model: FLUX.1 has no IP-Adapter in ComfyUI_IPAdapter_plus.';
const NO_NEGATIVE = 'FLUX.1 is guided by the prompt alone: it does not look at a negative prompt.';

// ── Stable Diffusion ────────────────────────────────────────────────────────────────────────────────────────────────────

const SDXL_UNION: ControlNets['unionTypes'] = {
  pose: 'openpose',
  depth: 'depth',
  canny: 'canny/lineart/anime_lineart/mlsd',
};

const STABLE_DIFFUSION = {
  sampling: { by: 'negative', empty: 'EmptyLatentImage', shift: null },
  lorasReachText: true,
  lacks: [],
} satisfies Partial<ComfyuiBaseModel>;

/** For finetunes of SDXL too. */
export const SDXL = {
  ...STABLE_DIFFUSION,
  family: 'sdxl',
  resolutions: [1024],
  defaults: {
    ...{ width: 1024, height: 1024, steps: 30, guidanceScale: 7 },
    ...{ sampler: 'dpmpp_2m', scheduler: 'karras' },
  },
  inpainting: null,
  ipAdapter: 'sdxl',
  controlNets: {
    names: /^(?!.*flux).*(sd-?_?xl|[-_/]xl[-_./]|xl2|control-lora|promax)/i,
    unionTypes: SDXL_UNION,
    examples: {
      pose: 'controlnet-union-sdxl-1.0-promax.safetensors',
      depth: 'controlnet-union-sdxl-1.0-promax.safetensors',
      canny: 'controlnet-union-sdxl-1.0-promax.safetensors',
    },
  },
} satisfies Partial<ComfyuiBaseModel>;

const SD15 = {
  ...STABLE_DIFFUSION,
  family: 'sd1.5',
  resolutions: [512, 768],
  defaults: {
    ...{ width: 512, height: 512, steps: 25, guidanceScale: 7 },
    ...{ sampler: 'dpmpp_2m', scheduler: 'karras' },
  },
  inpainting: null,
  ipAdapter: 'sd15',
  controlNets: {
    names: /^(?!.*(flux|xl|promax)).*(sd-?_?v?1[-_.]?5|v1[-_.]5|v11[a-z0-9]*_)/i,
    unionTypes: SDXL_UNION,
    examples: {
      pose: 'control_v11p_sd15_openpose_fp16.safetensors',
      depth: 'control_v11f1p_sd15_depth_fp16.safetensors',
      canny: 'control_v11p_sd15_canny_fp16.safetensors',
    },
  },
} satisfies Partial<ComfyuiBaseModel>;

// ── FLUX.1 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

const FLUX = {
  family: 'flux.1',
  resolutions: [1024, 768, 512],
  inpainting: null,
  // AI-Toolkit trains the transformer of FLUX.1 alone.
  lorasReachText: false,
  ipAdapter: null,
  controlNets: {
    names: /flux(?!\.?_?-?2)/i,
    // ComfyUI numbers these types as the union model of SDXL does. That of FLUX.1 counts otherwise (canny 0, depth 2, pose 4), so
    // these are the names that have its numbers. Version 2.0 of it looks at the picture alone.
    unionTypes: { pose: 'normal', depth: 'hed/pidi/scribble/ted', canny: 'openpose' },
    examples: {
      pose: 'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors',
      depth: 'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors',
      canny: 'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors',
    },
  },
} satisfies Partial<ComfyuiBaseModel>;

/** As Black Forest Labs gives it, in parts, or all in one, as ComfyUI's own packages are. */
function fluxLoading(name: 'dev' | 'schnell'): ComfyuiBaseModel['loading'] {
  const names = [new RegExp(`flux\\.?1[-_.]${name}`, 'i'), new RegExp(`flux.*${name}`, 'i')];
  // Models of their own that have its name.
  const not = /flux[-_.]?2|fill|kontext|canny|depth|redux|krea|inpaint/i;
  return [
    {
      from: 'parts',
      unet: { folder: 'diffusion_models', names, not, example: `flux1-${name}.safetensors` },
      textEncoders: [
        {
          folder: 'text_encoders',
          names: [/t5.?xxl.*fp16/i, /t5.?xxl.*scaled/i, /t5.?xxl/i],
          example: 't5xxl_fp16.safetensors',
        },
        { folder: 'text_encoders', names: [/clip_?-?l\b/i], example: 'clip_l.safetensors' },
      ],
      textEncoderType: 'flux',
      vae: {
        folder: 'vae',
        names: [/(^|\/)ae\./i, /flux.*(vae|ae)/i],
        not: /flux.?2/i,
        example: 'ae.safetensors',
      },
    },
    { from: 'checkpoint', checkpoint: checkpoint(names, `flux1-${name}-fp8.safetensors`, not) },
  ];
}

// ── Newer ones, each with a text encoder that is a language model ─────────────────────────────────────────────────────────────

const LANGUAGE_GUIDED = {
  ...{ inpainting: null, lorasReachText: false, controlNets: null, ipAdapter: null },
} satisfies Partial<ComfyuiBaseModel>;

const noIpAdapter = (label: string) => ({
  parameter: 'ipAdapter',
  reason: `Needs an SDXL or SD 1.5 base model: ${label} has no IP-Adapter in ComfyUI_IPAdapter_plus.`,
});
const noControlNet = (label: string) => ({
  parameter: 'controlNet',
  reason: `There is no ControlNet for ${label} here; choose FLUX.1, SDXL or SD 1.5.`,
});

// ── The table ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const BASE_MODELS: ComfyuiBaseModel[] = [
  {
    ...FLUX,
    id: 'flux.1-dev',
    label: 'FLUX.1-dev',
    description:
      'Follows long prompts closely and draws the finest likeness; slow, and not for commercial use.',
    defaults: {
      ...{ width: 1024, height: 1024, steps: 20, guidanceScale: 3.5 },
      ...{ sampler: 'euler', scheduler: 'simple' },
    },
    lacks: [
      { parameter: 'negativePrompt', reason: NO_NEGATIVE },
      { parameter: 'ipAdapter', reason: NO_IP_ADAPTER },
    ],
    loading: fluxLoading('dev'),
    sampling: {
      ...{ by: 'prompt', empty: 'EmptySD3LatentImage', hasGuidance: true },
      shift: { node: 'ModelSamplingFlux' },
    },
  },
  {
    ...FLUX,
    id: 'flux.1-schnell',
    label: 'FLUX.1-schnell',
    description: 'FLUX.1 in four steps: much quicker and a little coarser, under a free licence.',
    defaults: {
      ...{ width: 1024, height: 1024, steps: 4, guidanceScale: 1 },
      ...{ sampler: 'euler', scheduler: 'simple' },
    },
    lacks: [
      { parameter: 'negativePrompt', reason: NO_NEGATIVE },
      { parameter: 'guidanceScale', reason: 'FLUX.1-schnell has its guidance built in: it takes none.' },
      { parameter: 'ipAdapter', reason: NO_IP_ADAPTER },
    ],
    loading: fluxLoading('schnell'),
    sampling: { by: 'prompt', empty: 'EmptySD3LatentImage', shift: null, hasGuidance: false },
  },
  {
    ...SDXL,
    id: 'sdxl',
    label: 'SDXL',
    description:
      'Good pictures on half the memory of FLUX.1, and everything that steers an image works with it.',
    loading: [
      {
        from: 'checkpoint',
        checkpoint: checkpoint([/sd_?-?xl_?-?base/i, /sd_?-?xl/i], 'sd_xl_base_1.0.safetensors', NO_BASE),
      },
    ],
    inpainting: checkpoint([/sd_?-?xl.*inpaint/i], 'sd_xl_base_1.0_inpainting_0.1.safetensors'),
  },
  {
    ...SD15,
    id: 'sd1.5',
    label: 'Stable Diffusion 1.5',
    description:
      'Small and quick, at home on any GPU; pictures of 512 pixels, plainer than those of the others.',
    loading: [
      {
        from: 'checkpoint',
        checkpoint: checkpoint(
          [/v1-5-pruned/i, /sd_?-?v?1[-_.]?5/i],
          'v1-5-pruned-emaonly.safetensors',
          NO_BASE,
        ),
      },
    ],
    inpainting: checkpoint([/(sd_?-?v?1[-_.]?5|v1-5).*inpaint/i], 'sd-v1-5-inpainting.safetensors'),
  },
  {
    ...LANGUAGE_GUIDED,
    id: 'qwen-image',
    label: 'Qwen-Image',
    description: 'Follows long prompts and writes text into images; slow, under a free licence.',
    family: 'qwen-image',
    resolutions: [1328, 1024],
    defaults: {
      ...{ width: 1328, height: 1328, steps: 20, guidanceScale: 2.5 },
      ...{ sampler: 'euler', scheduler: 'simple' },
    },
    lacks: [noControlNet('Qwen-Image'), noIpAdapter('Qwen-Image')],
    loading: [
      {
        from: 'parts',
        unet: {
          folder: 'diffusion_models',
          names: [/qwen[-_]?image/i],
          not: /edit|layered|lightning/i,
          example: 'qwen_image_fp8_e4m3fn.safetensors',
        },
        textEncoders: [
          {
            folder: 'text_encoders',
            names: [/qwen[-_]?2\.?5[-_]?vl/i],
            example: 'qwen_2.5_vl_7b_fp8_scaled.safetensors',
          },
        ],
        textEncoderType: 'qwen_image',
        vae: { folder: 'vae', names: [/qwen[-_]?image/i], example: 'qwen_image_vae.safetensors' },
      },
    ],
    sampling: {
      ...{ by: 'negative', empty: 'EmptySD3LatentImage' },
      shift: { node: 'ModelSamplingAuraFlow', shift: 3.1 },
    },
  },
  {
    ...LANGUAGE_GUIDED,
    id: 'z-image-turbo',
    label: 'Z-Image Turbo',
    description: 'A newer one that draws photographs in nine steps, on 16 GB, under a free licence.',
    family: 'z-image',
    resolutions: [1024, 768],
    defaults: {
      ...{ width: 1024, height: 1024, steps: 9, guidanceScale: 1 },
      ...{ sampler: 'euler', scheduler: 'simple' },
    },
    lacks: [
      {
        parameter: 'negativePrompt',
        reason: 'Z-Image Turbo has its guidance built in: it does not look at a negative prompt.',
      },
      {
        parameter: 'guidanceScale',
        reason: 'Z-Image Turbo has its guidance built in: it takes none.',
      },
      noControlNet('Z-Image Turbo'),
      noIpAdapter('Z-Image Turbo'),
    ],
    loading: [
      {
        from: 'parts',
        unet: {
          folder: 'diffusion_models',
          names: [/z[-_]?image[-_]?turbo/i],
          example: 'z_image_turbo_bf16.safetensors',
        },
        textEncoders: [
          { folder: 'text_encoders', names: [/qwen[-_]?3[-_]?4b/i], example: 'qwen_3_4b.safetensors' },
        ],
        textEncoderType: 'lumina2',
        vae: { folder: 'vae', names: [/(^|\/)ae\./i], example: 'ae.safetensors' },
      },
    ],
    sampling: {
      ...{ by: 'prompt', empty: 'EmptySD3LatentImage', hasGuidance: false },
      shift: { node: 'ModelSamplingAuraFlow', shift: 3 },
    },
  },
];
