import type { TrainingConfig } from '../engine.ts';

/** How AI-Toolkit trains one base model. To add one, add an entry; what is in it never comes from a user. */
export type TrainableModel = {
  id: string;
  label: string;
  description: string;
  family: string;
  resolutions: number[];
  /** `model.arch`; what stands after a colon is a tag. */
  arch: string;
  /** On Hugging Face. */
  repository: string;
  /** Weights without which a distilled model would lose its few-step ability. */
  assistantLora: string | null;
  quantize: boolean;
  quantization: string;
  lowVram: boolean;
  noiseScheduler: 'flowmatch' | 'ddpm';
  timesteps: 'sigmoid' | 'weighted';
  cacheTextEmbeddings: boolean;
  sampling: { guidanceScale: number; steps: number };
  /** https://github.com/Stability-AI/ModelSpec; null where it has no name for it. */
  architecture: string | null;
  licence: { name: string; url: string; isGated: boolean };
  /** Gigabytes of GPU memory: for the weights, and for each photo of a batch at 1024 × 1024. Estimates, rounded up. */
  vram: { weights: number; photo: number };
  /** Bytes of a LoRA in 16 bits, for each rank. */
  bytesPerRank: number;
  /** Whether its LoRAs have an alpha. Those of transformers have none: they act as if it were the rank. */
  hasAlpha: boolean;
};

const FLUX = {
  family: 'flux.1',
  resolutions: [1024, 768, 512],
  arch: 'flux',
  quantize: true,
  quantization: 'qfloat8',
  lowVram: false,
  noiseScheduler: 'flowmatch',
  timesteps: 'sigmoid',
  cacheTextEmbeddings: false,
  vram: { weights: 17, photo: 5 },
  bytesPerRank: 10_800_000,
  hasAlpha: false,
} satisfies Partial<TrainableModel>;

const STABLE_DIFFUSION = {
  assistantLora: null,
  quantize: false,
  quantization: 'qfloat8',
  lowVram: false,
  noiseScheduler: 'ddpm',
  timesteps: 'sigmoid',
  cacheTextEmbeddings: false,
  hasAlpha: true,
} satisfies Partial<TrainableModel>;

export const TRAINABLE_MODELS: TrainableModel[] = [
  {
    ...FLUX,
    id: 'flux.1-dev',
    label: 'FLUX.1-dev',
    description: 'The best likeness and the finest detail. Needs a GPU with 24 GB.',
    repository: 'black-forest-labs/FLUX.1-dev',
    assistantLora: null,
    sampling: { guidanceScale: 4, steps: 20 },
    architecture: 'flux-1-dev/lora',
    licence: {
      name: 'FLUX.1 [dev] Non-Commercial License',
      url: 'https://huggingface.co/black-forest-labs/FLUX.1-dev',
      isGated: true,
    },
  },
  {
    ...FLUX,
    id: 'flux.1-schnell',
    label: 'FLUX.1-schnell',
    description: 'FLUX that draws in four steps and may be used commercially. Needs a GPU with 24 GB.',
    repository: 'black-forest-labs/FLUX.1-schnell',
    assistantLora: 'ostris/FLUX.1-schnell-training-adapter',
    sampling: { guidanceScale: 1, steps: 4 },
    architecture: 'flux-1-schnell/lora',
    licence: {
      name: 'Apache 2.0',
      url: 'https://huggingface.co/black-forest-labs/FLUX.1-schnell',
      isGated: true,
    },
  },
  {
    ...STABLE_DIFFUSION,
    id: 'sdxl',
    label: 'SDXL',
    description: 'Trains fast on 16 GB, and has the largest choice of add-ons for generation.',
    family: 'sdxl',
    resolutions: [1024, 768],
    arch: 'sdxl',
    repository: 'stabilityai/stable-diffusion-xl-base-1.0',
    sampling: { guidanceScale: 6, steps: 25 },
    architecture: 'stable-diffusion-xl-v1-base/lora',
    licence: {
      name: 'CreativeML Open RAIL++-M',
      url: 'https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0',
      isGated: false,
    },
    vram: { weights: 9, photo: 4 },
    bytesPerRank: 5_900_000,
  },
  {
    ...STABLE_DIFFUSION,
    id: 'sd1.5',
    label: 'SD 1.5',
    description: 'Small and quick, for GPUs with 8 GB. Made for 512 px.',
    family: 'sd1.5',
    resolutions: [512, 768],
    arch: 'sd15',
    repository: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
    sampling: { guidanceScale: 6, steps: 25 },
    architecture: 'stable-diffusion-v1/lora',
    licence: {
      name: 'CreativeML Open RAIL-M',
      url: 'https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5',
      isGated: false,
    },
    vram: { weights: 4, photo: 6 },
    bytesPerRank: 1_600_000,
  },
  {
    id: 'qwen-image',
    label: 'Qwen-Image',
    description: 'Follows long prompts and writes text into images. Compressed to 3 bits to fit into 24 GB.',
    family: 'qwen-image',
    resolutions: [1024, 768, 512],
    arch: 'qwen_image',
    repository: 'Qwen/Qwen-Image',
    assistantLora: null,
    quantize: true,
    quantization: 'uint3|ostris/accuracy_recovery_adapters/qwen_image_torchao_uint3.safetensors',
    lowVram: true,
    noiseScheduler: 'flowmatch',
    timesteps: 'weighted',
    cacheTextEmbeddings: true,
    sampling: { guidanceScale: 3, steps: 25 },
    architecture: null,
    licence: { name: 'Apache 2.0', url: 'https://huggingface.co/Qwen/Qwen-Image', isGated: false },
    vram: { weights: 17, photo: 6 },
    bytesPerRank: 18_500_000,
    hasAlpha: false,
  },
  {
    id: 'z-image-turbo',
    label: 'Z-Image Turbo',
    description: 'A newer model that draws in nine steps. Trains on 16 GB.',
    family: 'z-image',
    resolutions: [1024, 768, 512],
    arch: 'zimage:turbo',
    repository: 'Tongyi-MAI/Z-Image-Turbo',
    assistantLora: 'ostris/zimage_turbo_training_adapter/zimage_turbo_training_adapter_v2.safetensors',
    quantize: true,
    quantization: 'qfloat8',
    lowVram: true,
    noiseScheduler: 'flowmatch',
    timesteps: 'weighted',
    cacheTextEmbeddings: false,
    sampling: { guidanceScale: 1, steps: 9 },
    architecture: null,
    licence: { name: 'Apache 2.0', url: 'https://huggingface.co/Tongyi-MAI/Z-Image-Turbo', isGated: false },
    vram: { weights: 11, photo: 4 },
    bytesPerRank: 5_400_000,
    hasAlpha: false,
  },
];

export const trainableModel = (id: string): TrainableModel | undefined =>
  TRAINABLE_MODELS.find((model) => model.id === id);

const GIGABYTE = 2 ** 30;

/** At its height. 32-bit numbers double what is not compressed. */
export function vramBytes(model: TrainableModel, config: TrainingConfig): number {
  const { weights, photo } = model.vram;
  const wide = config.precision === 'fp32' ? 2 : 1;
  const photos = photo * config.batchSize * (config.resolution / 1024) ** 2;
  // Two or four moments of four bytes and the gradient, for each number of two bytes.
  const optimizer =
    (model.bytesPerRank * config.rank * (config.optimizer === 'adamw8bit' ? 4 : 8)) / GIGABYTE;
  return Math.ceil((model.quantize ? weights : weights * wide) + photos * wide + optimizer) * GIGABYTE;
}
