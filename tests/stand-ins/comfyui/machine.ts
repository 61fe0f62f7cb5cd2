import { readFile } from 'node:fs/promises';
import type { ObjectInfo } from './validate.ts';

const fixture = (name: string) => new URL(`../../fixtures/comfyui/${name}`, import.meta.url);
export const recording = async (name: string) => JSON.parse(await readFile(fixture(name), 'utf8'));

/** The nodes of the recorded server that our graphs could use: those of ComfyUI itself, and of the packs that were loaded. */
export async function recordedObjectInfo(): Promise<ObjectInfo> {
  const core: ObjectInfo = await recording('object_info_subset.json');
  const packs: ObjectInfo = await recording('object_info_packs_subset.json');
  return { ...core, ...packs };
}

/** Inputs that list files; without a node before the dot it is that of every node. */
export type Lists = Record<string, string[]>;

/** Names as those who made the models gave them. */
export const FULL_MACHINE: Lists = {
  ckpt_name: [
    'sd_xl_base_1.0.safetensors',
    'sd_xl_refiner_1.0.safetensors',
    'v1-5-pruned-emaonly-fp16.safetensors',
    'v1-5-pruned.ckpt',
  ],
  unet_name: [
    'flux1-dev.safetensors',
    'flux1-schnell-fp8.safetensors',
    'qwen_image_fp8_e4m3fn.safetensors',
    'z_image_turbo_bf16.safetensors',
  ],
  lora_name: ['isengard/0123456789abcdef.safetensors', 'isengard/fedcba9876543210.safetensors'],
  vae_name: ['ae.safetensors', 'qwen_image_vae.safetensors', 'sdxl_vae.safetensors', 'pixel_space'],
  clip_name: [
    'clip_l.safetensors',
    'qwen_2.5_vl_7b_fp8_scaled.safetensors',
    'qwen_3_4b.safetensors',
    't5xxl_fp8_e4m3fn.safetensors',
  ],
  clip_name1: ['clip_l.safetensors', 't5xxl_fp8_e4m3fn.safetensors'],
  clip_name2: ['clip_l.safetensors', 't5xxl_fp8_e4m3fn.safetensors'],
  clip_name3: ['clip_l.safetensors', 't5xxl_fp8_e4m3fn.safetensors'],
  control_net_name: [
    'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors',
    'control_v11f1p_sd15_depth.pth',
    'control_v11p_sd15_canny.pth',
    'control_v11p_sd15_openpose.pth',
    'controlnet-union-sdxl-1.0.safetensors',
  ],
  ipadapter_file: ['ip-adapter-plus_sd15.safetensors', 'ip-adapter-plus_sdxl_vit-h.safetensors'],
  'CLIPVisionLoader.clip_name': ['CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors'],
  'UpscaleModelLoader.model_name': ['RealESRGAN_x4plus.pth'],
  'UltralyticsDetectorProvider.model_name': ['bbox/face_yolov8m.pt', 'segm/person_yolov8m-seg.pt'],
  'SAMLoader.model_name': ['sam_vit_b_01ec64.pth', 'ESAM'],
};

/** A machine on which these files lie: the lists are put in, in the form that each input has. */
export function withLists(objectInfo: ObjectInfo, lists: Lists): ObjectInfo {
  const copy = structuredClone(objectInfo);
  for (const [node, { input }] of Object.entries(copy))
    for (const inputs of [input?.required ?? {}, input?.optional ?? {}])
      for (const [name, told] of Object.entries(inputs)) {
        const names = lists[`${node}.${name}`] ?? lists[name];
        if (names !== undefined && Array.isArray(told)) inputs[name] = withOptions(told, names);
      }
  return copy;
}

function withOptions([kind, extra]: unknown[], names: string[]): unknown[] {
  if (Array.isArray(kind)) return [names, extra ?? {}];
  return kind === 'COMBO' ? [kind, { ...Object(extra), options: names }] : [kind, extra];
}
