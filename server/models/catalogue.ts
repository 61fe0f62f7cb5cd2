import type { GenerationToggles } from '#schema/generation.ts';
import { APACHE, BSD, FLUX_DEV, type Licence, OPENRAIL, OPENRAIL_PLUS, YOLO } from './licences.ts';

/** A file of weights that production mode needs for something, and where it comes from. */
export type CatalogueModel = {
  /** Stable, of letters, digits, `.`, `-` and one `/`. Kept with downloads. */
  id: string;
  label: string;
  description: string;
  /** Models of one group stand together in a list. */
  group: string;
  /** Ids of the base models that need it; with `toggle`, only for that. */
  baseModels: readonly string[];
  toggle: keyof GenerationToggles | null;
  /** Below ComfyUI's `models`, where it goes; it may be in one of `otherFolders` already. */
  folder: string;
  otherFolders: readonly string[];
  fileName: string;
  source: { repo: string; revision: string; path: string };
  /** Size and hex SHA-256 of the file, as published. Null where nobody but the source says it: then its word is taken. */
  bytes: number | null;
  sha256: string | null;
  licence: Licence;
  /** Hugging Face gives it only to accounts that have accepted the licence. */
  isGated: boolean;
};

type Entry = Pick<CatalogueModel, 'id' | 'label' | 'description' | 'bytes' | 'sha256' | 'source'> &
  Partial<Pick<CatalogueModel, 'fileName' | 'isGated'>>;

/** What entries of one kind have in common. */
const all = (
  common: Pick<CatalogueModel, 'group' | 'baseModels' | 'folder' | 'licence'> &
    Partial<Pick<CatalogueModel, 'toggle' | 'otherFolders'>>,
  entries: Entry[],
): CatalogueModel[] =>
  entries.map((entry) => ({
    toggle: null,
    otherFolders: [],
    isGated: false,
    fileName: entry.source.path.replace(/^.*\//, ''),
    ...common,
    ...entry,
  }));

const FLUX = ['flux.1-dev', 'flux.1-schnell'];
const QWEN_IMAGE = { group: 'Qwen-Image', baseModels: ['qwen-image'], licence: APACHE };
const Z_IMAGE = { group: 'Z-Image', baseModels: ['z-image-turbo'], licence: APACHE };
const DIFFUSION = { folder: 'diffusion_models', otherFolders: ['unet'] };
const TEXT = { folder: 'text_encoders', otherFolders: ['clip'] };
const ENCODERS = {
  repo: 'comfyanonymous/flux_text_encoders',
  revision: '6af2a98e3f615bdfa612fbd85da93d1ed5f69ef5',
};
const IP_ADAPTER = { repo: 'h94/IP-Adapter', revision: '018e402774aeeddd60609b4ecdb7e298259dc729' };
const QWEN_FILES = { repo: 'Comfy-Org/Qwen-Image_ComfyUI', revision: 'main' };
const Z_IMAGE_FILES = { repo: 'Comfy-Org/z_image_turbo', revision: 'main' };
const CONTROL_NETS = { repo: 'comfyanonymous/ControlNet-v1-1_fp16_safetensors', revision: 'main' };

export const CATALOGUE: readonly CatalogueModel[] = [
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
  ...all(
    {
      group: 'ControlNet',
      baseModels: ['sd1.5'],
      toggle: 'controlNet',
      folder: 'controlnet',
      licence: OPENRAIL,
    },
    [
      {
        id: 'sd1.5/controlnet-canny',
        label: 'Canny for SD 1.5',
        description: 'Follows the edges of a reference.',
        source: { ...CONTROL_NETS, path: 'control_v11p_sd15_canny_fp16.safetensors' },
        bytes: 722_601_100,
        sha256: null,
      },
      {
        id: 'sd1.5/controlnet-pose',
        label: 'OpenPose for SD 1.5',
        description: 'Follows the pose of a reference.',
        source: { ...CONTROL_NETS, path: 'control_v11p_sd15_openpose_fp16.safetensors' },
        bytes: 722_601_100,
        sha256: '4003c1da17b0e4ba444e02140e1c0d83bb24b79e4dcfd613c3a554d38f0f89c7',
      },
      {
        id: 'sd1.5/controlnet-depth',
        label: 'Depth for SD 1.5',
        description: 'Follows the depths of a reference.',
        source: { ...CONTROL_NETS, path: 'control_v11f1p_sd15_depth_fp16.safetensors' },
        bytes: 722_601_100,
        sha256: '1c4a79aa52fb63f607cb9ff479ea5aa1923b6ceb21267bd14b69bd05d7b617be',
      },
    ],
  ),
  ...all(
    {
      group: 'ControlNet',
      baseModels: ['sdxl'],
      toggle: 'controlNet',
      folder: 'controlnet',
      licence: APACHE,
    },
    [
      {
        id: 'sdxl/controlnet-union',
        label: 'Union for SDXL',
        description: 'Pose, depth and edges of a reference in one model.',
        fileName: 'controlnet-union-sdxl-1.0-promax.safetensors',
        source: {
          repo: 'xinsir/controlnet-union-sdxl-1.0',
          revision: '801a4a3fa3d4c936f4feea95b98607bc6726f80c',
          path: 'diffusion_pytorch_model_promax.safetensors',
        },
        bytes: 2_513_342_408,
        sha256: '9fae2e50cb431bfcbe05822b59ec2228df545ef27f711dea8949e9f4ed9f7cdc',
      },
    ],
  ),
  ...all(
    {
      group: 'ControlNet',
      baseModels: FLUX,
      toggle: 'controlNet',
      folder: 'controlnet',
      licence: FLUX_DEV,
    },
    [
      {
        id: 'flux.1/controlnet-union',
        label: 'Union for FLUX.1',
        description: 'Pose, depth and edges of a reference in one model.',
        fileName: 'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors',
        source: {
          repo: 'Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0',
          revision: '5d700aaad96c5ddcdf8a38ef9b22a82aac2c38e5',
          path: 'diffusion_pytorch_model.safetensors',
        },
        bytes: 4_281_779_224,
        sha256: '9d03f63f36206bab2f36aed5cfedc8693c2881397534e9d5f9ae9a0a41362517',
      },
    ],
  ),
  ...all(
    { group: 'IP-Adapter', baseModels: ['sd1.5'], toggle: 'ipAdapter', folder: 'ipadapter', licence: APACHE },
    [
      {
        id: 'sd1.5/ip-adapter-face',
        label: 'Plus Face for SD 1.5',
        description: 'Takes a face from a reference. It needs the CLIP Vision encoder.',
        source: { ...IP_ADAPTER, path: 'models/ip-adapter-plus-face_sd15.safetensors' },
        bytes: 98_183_288,
        sha256: '1c9edc21af6f737dc1d6e0e734190e976cfacf802d6b024b77aa3be922f7569b',
      },
    ],
  ),
  ...all(
    { group: 'IP-Adapter', baseModels: ['sdxl'], toggle: 'ipAdapter', folder: 'ipadapter', licence: APACHE },
    [
      {
        id: 'sdxl/ip-adapter-face',
        label: 'Plus Face for SDXL',
        description: 'Takes a face from a reference. It needs the CLIP Vision encoder.',
        source: { ...IP_ADAPTER, path: 'sdxl_models/ip-adapter-plus-face_sdxl_vit-h.safetensors' },
        bytes: 847_517_512,
        sha256: '677ad8860204f7d0bfba12d29e6c31ded9beefdf3e4bbd102518357d31a292c1',
      },
    ],
  ),
  ...all(
    {
      group: 'IP-Adapter',
      baseModels: ['sd1.5', 'sdxl'],
      toggle: 'ipAdapter',
      folder: 'clip_vision',
      licence: APACHE,
    },
    [
      {
        id: 'ip-adapter/clip-vision',
        label: 'CLIP Vision, ViT-H',
        description: 'Sees what is on a reference, for both adapters.',
        // The adapter's nodes find it by this name.
        fileName: 'CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors',
        source: { ...IP_ADAPTER, path: 'models/image_encoder/model.safetensors' },
        bytes: 2_528_373_448,
        sha256: '6ca9667da1ca9e0b0f75e46bb030f7e011f44f86cbfb8d5a36590fcd7507b030',
      },
    ],
  ),
  ...all(
    {
      group: 'Faces and upscaling',
      baseModels: ['sd1.5', 'sdxl', ...FLUX],
      toggle: 'faceDetailer',
      folder: 'ultralytics/bbox',
      otherFolders: ['ultralytics_bbox', 'ultralytics'],
      licence: YOLO,
    },
    [
      {
        id: 'face-detailer/detector',
        label: 'Face detector',
        description:
          'Finds the faces that FaceDetailer draws anew. It needs the Impact Pack and Subpack of ComfyUI.',
        source: { repo: 'Bingsu/adetailer', revision: 'main', path: 'face_yolov8m.pt' },
        bytes: 52_026_019,
        sha256: 'f02b8a23e6f12bd2c1b1f6714f66f984c728fa41ed749d033e7d6dea511ef70c',
      },
    ],
  ),
  ...all(
    {
      group: 'Faces and upscaling',
      baseModels: ['sd1.5', 'sdxl', ...FLUX],
      toggle: 'upscale',
      folder: 'upscale_models',
      licence: BSD,
    },
    [
      {
        id: 'upscale/real-esrgan',
        label: 'Real-ESRGAN ×4',
        description: 'Upscales images, whatever made them.',
        source: {
          repo: 'Comfy-Org/Real-ESRGAN_repackaged',
          revision: '5fd49b7b278836f48af63ecd314d0f98ab336105',
          path: 'RealESRGAN_x4plus.safetensors',
        },
        bytes: 66_857_836,
        sha256: '37f9a931c215f040aa6d50f711f2cb115f713c46df1d0d6469a8bd7bfe9a60bb',
      },
    ],
  ),
];

export const findModel = (id: string): CatalogueModel | undefined =>
  CATALOGUE.find((model) => model.id === id);
