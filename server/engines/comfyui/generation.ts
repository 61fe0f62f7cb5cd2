import { env } from '../../env.ts';
import { capabilitiesOf, objectionsTo } from './capabilities.ts';
import { createComfyui } from './comfyui.ts';
import { buildGraph } from './graph.ts';
import { readByTensors } from './lora-families.ts';

/** The ComfyUI processes of COMFYUI_URLS. Nothing is asked of them before something is needed. */
export const comfyuiGeneration = createComfyui({
  urls: env.COMFYUI_URLS,
  modelsDir: env.COMFYUI_MODELS_DIR ?? null,
  keepsGraph: env.COMFYUI_EMBED_GRAPH === 'on',
  graphs: { build: buildGraph, capabilities: capabilitiesOf, objections: objectionsTo },
  readLora: readByTensors,
});
