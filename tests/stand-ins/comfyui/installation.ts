import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordedObjectInfo, withLists } from './machine.ts';
import type { ObjectInfo } from './validate.ts';

/** File names by folder of models. */
export type Models = Record<string, string[]>;

/** Which inputs list the files of which folder. */
const LISTS: [folder: string, node: string, input: string][] = [
  ['checkpoints', 'CheckpointLoaderSimple', 'ckpt_name'],
  ['diffusion_models', 'UNETLoader', 'unet_name'],
  ['text_encoders', 'CLIPLoader', 'clip_name'],
  ['text_encoders', 'DualCLIPLoader', 'clip_name1'],
  ['text_encoders', 'DualCLIPLoader', 'clip_name2'],
  ['vae', 'VAELoader', 'vae_name'],
  ['loras', 'LoraLoader', 'lora_name'],
  ['loras', 'LoraLoaderModelOnly', 'lora_name'],
  ['controlnet', 'ControlNetLoader', 'control_net_name'],
  ['upscale_models', 'UpscaleModelLoader', 'model_name'],
  ['clip_vision', 'CLIPVisionLoader', 'clip_name'],
  ['ipadapter', 'IPAdapterModelLoader', 'ipadapter_file'],
  ['ultralytics', 'UltralyticsDetectorProvider', 'model_name'],
  ['sams', 'SAMLoader', 'model_name'],
];

/** A node with steps and without a model, which the recordings use. */
const STEPS: ObjectInfo = {
  FixtureSteps: {
    input: {
      required: {
        image: ['IMAGE', {}],
        steps: ['INT', { default: 5, min: 1, max: 1000 }],
        delay_ms: ['INT', { default: 0, min: 0, max: 60000 }],
        preview: ['BOOLEAN', { default: false }],
        nonce: ['INT', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }],
      },
    },
    output: ['IMAGE'],
    output_node: false,
  },
};

/** The files of a folder that lies on the disk, as ComfyUI lists them: below sub-folders too, hidden ones included. */
const filesBelow = (folder: string) => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.safetensors'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
};

const isOfPack = (node: object) => JSON.stringify(node).includes('"python_module":"custom_nodes.Comfy');

/** A ComfyUI with the recorded nodes and these models; those in `modelsDir` are listed as they are at the time. */
export async function installation(of: {
  models: Models;
  modelsDir: string | null;
  withPacks: boolean;
  input: () => string[];
}) {
  const recorded = Object.entries({ ...STEPS, ...(await recordedObjectInfo()) });
  const nodes = Object.fromEntries(recorded.filter(([, node]) => of.withPacks || !isOfPack(node)));
  const models = (folder: string): string[] => [
    ...(of.models[folder] ?? []),
    ...(of.modelsDir === null ? [] : filesBelow(join(of.modelsDir, folder))),
    // As extra_model_paths.yaml can say it.
    ...(folder === 'loras'
      ? of.input().flatMap((name) => /^isengard-loras\/(.+)$/.exec(name)?.[1] ?? [])
      : []),
  ];
  return {
    models,
    folders: () => [...new Set([...LISTS.map(([folder]) => folder), ...Object.keys(of.models)])],
    objectInfo: (): ObjectInfo =>
      withLists(
        nodes,
        Object.fromEntries(LISTS.map(([folder, node, input]) => [`${node}.${input}`, models(folder)])),
      ),
  };
}
