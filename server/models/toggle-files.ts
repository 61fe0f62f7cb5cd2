import { all, type CatalogueModel, FLUX } from './catalogue-entry.ts';
import { APACHE, BSD, FLUX_DEV, OPENRAIL, YOLO } from './licences.ts';

const IP_ADAPTER = { repo: 'h94/IP-Adapter', revision: '018e402774aeeddd60609b4ecdb7e298259dc729' };
const CONTROL_NETS = { repo: 'comfyanonymous/ControlNet-v1-1_fp16_safetensors', revision: 'main' };

/** What the toggles of a generation need besides its base model. */
export const TOGGLE_FILES: readonly CatalogueModel[] = [
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
