import { all, type CatalogueModel, FLUX } from './catalogue-entry.ts';
import { APACHE, FLUX_DEV, OPENRAIL, OPENRAIL_PLUS } from './licences.ts';

const QWEN_IMAGE = { group: 'Qwen-Image', baseModels: ['qwen-image'], licence: APACHE };
const Z_IMAGE = { group: 'Z-Image', baseModels: ['z-image-turbo'], licence: APACHE };
const DIFFUSION = { folder: 'diffusion_models', otherFolders: ['unet'] };
const TEXT = { folder: 'text_encoders', otherFolders: ['clip'] };
const ENCODERS = {
  repo: 'comfyanonymous/flux_text_encoders',
  revision: '6af2a98e3f615bdfa612fbd85da93d1ed5f69ef5',
};
const QWEN_FILES = { repo: 'Comfy-Org/Qwen-Image_ComfyUI', revision: 'main' };
const Z_IMAGE_FILES = { repo: 'Comfy-Org/z_image_turbo', revision: 'main' };

/** Diffusion models, text encoders and autoencoders: what a base model does not run without. */
export const BASE_MODEL_FILES: readonly CatalogueModel[] = [
  ...all({ group: 'SD 1.5', baseModels: ['sd1.5'], folder: 'checkpoints', licence: OPENRAIL }, [
    {
      id: 'sd1.5/checkpoint',
      label: 'Stable Diffusion 1.5',
      description: 'The whole base model in one file. Small and quick, made for 512 px.',
      source: {
        repo: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
        revision: 'main',
        path: 'v1-5-pruned-emaonly.safetensors',
      },
      bytes: 4_265_146_304,
      sha256: '6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa',
    },
  ]),
  ...all({ group: 'SDXL', baseModels: ['sdxl'], folder: 'checkpoints', licence: OPENRAIL_PLUS }, [
    {
      id: 'sdxl/checkpoint',
      label: 'SDXL 1.0',
      description: 'The whole base model in one file. Made for 1024 px.',
      source: {
        repo: 'stabilityai/stable-diffusion-xl-base-1.0',
        revision: '462165984030d82259a11f4367a4eed129e94a7b',
        path: 'sd_xl_base_1.0.safetensors',
      },
      bytes: 6_938_078_334,
      sha256: '31e35c80fc4829d14f90153f4c74cd59c90b779f6afe05a74cd6120b893f7e5b',
    },
  ]),
  ...all({ group: 'FLUX.1', baseModels: ['flux.1-dev'], ...DIFFUSION, licence: FLUX_DEV }, [
    {
      id: 'flux.1-dev/diffusion',
      label: 'FLUX.1-dev',
      description: 'The diffusion model. It also needs CLIP-L, one of the two T5-XXL, and the autoencoder.',
      source: { repo: 'black-forest-labs/FLUX.1-dev', revision: 'main', path: 'flux1-dev.safetensors' },
      bytes: 23_802_932_552,
      sha256: '4610115bb0c89560703c892c59ac2742fa821e60ef5871b33493ba544683abd7',
      isGated: true,
    },
  ]),
  ...all({ group: 'FLUX.1', baseModels: ['flux.1-schnell'], ...DIFFUSION, licence: APACHE }, [
    {
      id: 'flux.1-schnell/diffusion',
      label: 'FLUX.1-schnell',
      description:
        'The diffusion model, for 4 steps. It also needs CLIP-L, one of the two T5-XXL, and the autoencoder.',
      source: {
        repo: 'Comfy-Org/flux1-schnell',
        revision: '7d679837b018bfeb28eca55734b335efcd0e7100',
        path: 'flux1-schnell.safetensors',
      },
      bytes: 23_782_506_688,
      sha256: '9403429e0052277ac2a87ad800adece5481eecefd9ed334e1f348723621d2a0a',
    },
  ]),
  ...all({ group: 'FLUX.1', baseModels: FLUX, ...TEXT, licence: APACHE }, [
    {
      id: 'flux.1/clip-l',
      label: 'CLIP-L',
      description: 'The smaller of the two text encoders.',
      source: { ...ENCODERS, path: 'clip_l.safetensors' },
      bytes: 246_144_152,
      sha256: '660c6f5b1abae9dc498ac2d21e1347d2abdb0cf6c0c0c8576cd796491d9a6cdd',
    },
    {
      id: 'flux.1/t5xxl-fp8',
      label: 'T5-XXL, 8 bit',
      description:
        'The larger text encoder, for machines with less than 32 GB of memory. One of the two is enough.',
      source: { ...ENCODERS, path: 't5xxl_fp8_e4m3fn.safetensors' },
      bytes: 4_893_934_904,
      sha256: '7d330da4816157540d6bb7838bf63a0f02f573fc48ca4d8de34bb0cbfd514f09',
    },
    {
      id: 'flux.1/t5xxl-fp16',
      label: 'T5-XXL, 16 bit',
      description: 'The larger text encoder at its full precision. One of the two is enough.',
      source: { ...ENCODERS, path: 't5xxl_fp16.safetensors' },
      bytes: 9_787_841_024,
      sha256: '6e480b09fae049a72d2a8c5fbccb8d3e92febeb233bbe9dfe7256958a9167635',
    },
  ]),
  ...all({ group: 'FLUX.1', baseModels: [...FLUX, 'z-image-turbo'], folder: 'vae', licence: APACHE }, [
    {
      id: 'flux.1/autoencoder',
      label: 'FLUX.1 autoencoder',
      description: 'Turns what the diffusion model makes into pixels, for Z-Image Turbo too.',
      source: {
        repo: 'Comfy-Org/z_image_turbo',
        revision: '2f862278568d3f0a83167a16e5f11094da6dee72',
        path: 'split_files/vae/ae.safetensors',
      },
      bytes: 335_304_388,
      sha256: 'afc8e28272cd15db3919bacdb6918ce9c1ed22e96cb12c4d5ed0fba823529e38',
    },
  ]),
  ...all({ ...QWEN_IMAGE, ...DIFFUSION }, [
    {
      id: 'qwen-image/diffusion',
      label: 'Qwen-Image, 8 bit',
      description: 'The diffusion model. It also needs its text encoder and its autoencoder.',
      source: { ...QWEN_FILES, path: 'split_files/diffusion_models/qwen_image_fp8_e4m3fn.safetensors' },
      bytes: null,
      sha256: null,
    },
  ]),
  ...all({ ...QWEN_IMAGE, ...TEXT }, [
    {
      id: 'qwen-image/text-encoder',
      label: 'Qwen2.5-VL 7B, 8 bit',
      description: 'The text encoder of Qwen-Image.',
      source: { ...QWEN_FILES, path: 'split_files/text_encoders/qwen_2.5_vl_7b_fp8_scaled.safetensors' },
      bytes: 9_384_670_680,
      sha256: 'cb5636d852a0ea6a9075ab1bef496c0db7aef13c02350571e388aea959c5c0b4',
    },
  ]),
  ...all({ ...QWEN_IMAGE, folder: 'vae' }, [
    {
      id: 'qwen-image/autoencoder',
      label: 'Qwen-Image autoencoder',
      description: 'Turns what Qwen-Image makes into pixels.',
      source: { ...QWEN_FILES, path: 'split_files/vae/qwen_image_vae.safetensors' },
      bytes: 253_806_246,
      sha256: 'a70580f0213e67967ee9c95f05bb400e8fb08307e017a924bf3441223e023d1f',
    },
  ]),
  ...all({ ...Z_IMAGE, ...DIFFUSION }, [
    {
      id: 'z-image-turbo/diffusion',
      label: 'Z-Image Turbo',
      description: 'The diffusion model. It also needs its text encoder and the autoencoder of FLUX.1.',
      source: { ...Z_IMAGE_FILES, path: 'split_files/diffusion_models/z_image_turbo_bf16.safetensors' },
      bytes: null,
      sha256: null,
    },
  ]),
  ...all({ ...Z_IMAGE, ...TEXT }, [
    {
      id: 'z-image-turbo/text-encoder',
      label: 'Qwen3 4B',
      description: 'The text encoder of Z-Image Turbo.',
      source: { ...Z_IMAGE_FILES, path: 'split_files/text_encoders/qwen_3_4b.safetensors' },
      bytes: 8_044_982_048,
      sha256: '6c671498573ac2f7a5501502ccce8d2b08ea6ca2f661c458e708f36b36edfc5a',
    },
  ]),
];
