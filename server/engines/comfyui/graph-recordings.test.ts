import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type Lists, recordedObjectInfo, recording, withLists } from '#tests/stand-ins/comfyui/machine.ts';
import { buildGraph, type Graph } from './graph.ts';
import { installedFrom } from './installed.ts';
import { type RequestChange, requestOf } from './testing.ts';

/**
 * The recorded graphs passed a real ComfyUI. Ours agree with them node by node: each with its values, and each link by the node that it
 * comes from, so that ids do not matter. Where we differ on purpose the recording is changed first, with the reason.
 */
type Recording = {
  name: string;
  request: RequestChange;
  /** Files that the machine had. */
  lists?: Lists;
  differ?: ((graph: Graph) => void)[];
  /** Where we go another way, the kinds of nodes on it: only in theirs, only in ours. */
  theirs?: string[];
  ours?: string[];
};

const objectInfo = await recordedObjectInfo();
const FLUX = { prompt: 'photo of sks person', negativePrompt: '', guidanceScale: 3.5, scheduler: 'simple' };
const CHECKPOINTS = ['fx_sd15.safetensors', 'fx_sdxl.safetensors', 'sub/fx_pony.safetensors'];
const fluxLora = [{ name: 'fx_lora.safetensors', strength: 1 }];
const from = (denoise: number, mask: string | null) => ({
  initImage: { reference: 'example.png', mask, denoise },
});

/** Its default, which need not be said. */
const noDevice = (graph: Graph) => change(graph, '2', { device: undefined });

/** A mask is a picture of its own, and what it leaves out is put back into the image to the pixel. */
function maskFile(graph: Graph) {
  graph['22'] = node('GrowMask', { mask: ['90', 0], expand: 6, tapered_corners: true });
  graph['90'] = node('LoadImageMask', { image: 'mask.png', channel: 'red' });
  const kept = { destination: ['20', 0], mask: ['22', 0], x: 0, y: 0, resize_source: false };
  graph['91'] = node('ImageCompositeMasked', { ...kept, source: ['7', 0] });
  change(graph, '8', { images: ['91', 0] });
}

/** A soft mask makes less new, so that no seam shows. */
function softMask(graph: Graph) {
  graph['92'] = node('DifferentialDiffusion', { model: ['1', 0] });
  change(graph, '6', { model: ['92', 0] });
}

/** The recording has an ordinary checkpoint. We show the rest of the image only to one that was trained to look at it. */
function inpaintingCheckpoint(graph: Graph) {
  change(graph, '1', { ckpt_name: 'fx_sdxl_inpainting.safetensors' });
  change(graph, '5', { mask: ['22', 0] });
  change(graph, '6', { model: ['1', 0] });
  delete graph['21'];
}

/** Its name is a stand-in; and the union model of FLUX.1 has other numbers than the types have names (families.ts). */
function fluxUnion(graph: Graph) {
  change(graph, '31', { control_net_name: 'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors' });
  change(graph, '32', { type: 'openpose' });
  // Nothing looks at the negative prompt, so no text is encoded for it.
  graph['34'] = node('ConditioningZeroOut', { conditioning: ['5', 0] });
}

const RECORDINGS: Recording[] = [
  {
    name: 'sd15_lora',
    request: {
      config: { baseModel: 'sd1.5', width: 512, height: 768 },
      loras: [{ name: 'fx_lora.safetensors', strength: 0.8 }],
    },
  },
  {
    name: 'sdxl_lora',
    request: {
      config: { steps: 30, sampler: 'dpmpp_2m', scheduler: 'karras' },
      loras: [{ name: 'user/fx_lora2.safetensors', strength: 0.8 }],
    },
  },
  {
    name: 'flux_dev_lora',
    request: { config: { ...FLUX, baseModel: 'flux.1-dev' }, loras: fluxLora },
    differ: [noDevice],
  },
  {
    // The other way to sample FLUX.1; this one shifts the noise for the size of the image.
    name: 'flux_dev_ksampler',
    request: {
      config: { ...FLUX, baseModel: 'flux.1-dev' },
      loras: [{ name: 'fx_lora.safetensors', strength: 1, reachesText: true }],
    },
    theirs: ['ConditioningZeroOut', 'KSampler', 'VAEDecode'],
    ours: [
      ...['ModelSamplingFlux', 'RandomNoise', 'BasicGuider', 'KSamplerSelect', 'BasicScheduler'],
      ...['SamplerCustomAdvanced', 'VAEDecode'],
    ],
  },
  {
    name: 'flux_schnell_lora',
    request: { config: { ...FLUX, baseModel: 'flux.1-schnell', steps: 4 }, loras: fluxLora },
    differ: [noDevice],
  },
  { name: 'img2img', request: { toggles: from(0.6, null) } },
  {
    name: 'inpaint_any_ckpt',
    request: { toggles: from(0.7, 'mask.png') },
    differ: [maskFile, softMask],
  },
  {
    name: 'inpaint_model_ckpt',
    request: { config: { baseModel: 'sd1.5' }, toggles: from(1, 'mask.png') },
    lists: { ckpt_name: ['fx_sd15_inpainting.safetensors'] },
    differ: [
      maskFile,
      (graph) => change(graph, '1', { ckpt_name: 'fx_sd15_inpainting.safetensors' }),
      // This node lets the mask grow itself.
      (graph) => change(graph, '5', { mask: ['90', 0] }),
    ],
  },
  {
    name: 'inpaint_conditioning',
    request: { toggles: from(0.7, 'mask.png') },
    lists: { ckpt_name: ['fx_sdxl_inpainting.safetensors'] },
    differ: [maskFile, inpaintingCheckpoint, (graph) => change(graph, '6', { denoise: 0.7 })],
  },
  {
    name: 'controlnet_sd15',
    request: {
      config: { baseModel: 'sd1.5', width: 512, height: 512 },
      toggles: { controlNet: { mode: 'canny', reference: 'example.png', strength: 0.9, isMap: false } },
    },
    // Those of FLUX.1 need it, and one way for all is less to go wrong.
    differ: [(graph) => change(graph, '23', { vae: ['1', 2] })],
  },
  {
    name: 'controlnet_flux_union',
    request: {
      config: { ...FLUX, baseModel: 'flux.1-dev' },
      toggles: { controlNet: { mode: 'canny', reference: 'example.png', strength: 0.7, isMap: true } },
      loras: fluxLora,
    },
    lists: { control_net_name: ['FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors'] },
    differ: [noDevice, fluxUnion],
  },
  {
    name: 'ipadapter_unified',
    request: { toggles: { ipAdapter: { reference: 'example.png', weight: 0.8 } } },
  },
  {
    // The unified loader chooses the two files itself, and crops as this one does.
    name: 'ipadapter_advanced',
    request: { toggles: { ipAdapter: { reference: 'example.png', weight: 0.8 } } },
    theirs: [
      ...['KSampler', 'IPAdapterModelLoader', 'IPAdapterAdvanced', 'CLIPVisionLoader'],
      'PrepImageForClipVision',
    ],
    ours: ['IPAdapterUnifiedLoader', 'IPAdapter', 'KSampler'],
  },
  { name: 'facedetailer', request: { toggles: { faceDetailer: { denoise: 0.5 } } } },
  {
    // It enlarges a picture that lies there, by half of what the model gives; we the image, to an exact size.
    name: 'upscale_model',
    request: { toggles: { upscale: { factor: 2 } } },
    theirs: ['LoadImage', 'ImageUpscaleWithModel', 'ImageScaleBy', 'SaveImage'],
    ours: [
      ...['CheckpointLoaderSimple', 'CLIPTextEncode', 'CLIPTextEncode', 'EmptyLatentImage', 'KSampler'],
      ...['VAEDecode', 'ImageUpscaleWithModel', 'ImageScale', 'SaveImage'],
    ],
  },
];

test('every recorded graph is held against ours', async () => {
  const files = await readdir(new URL('../../../tests/fixtures/comfyui/workflows/', import.meta.url));
  expect(RECORDINGS.map(({ name }) => `${name}.json`).sort()).toEqual(files.sort());
});

for (const { name, request, lists = {}, differ = [], theirs = [], ours = [] } of RECORDINGS) {
  test(name, async () => {
    const machine = withLists(objectInfo, {
      ckpt_name: CHECKPOINTS,
      // What was there is not found by its name.
      'CLIPVisionLoader.clip_name': ['CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors'],
      ...lists,
    });
    const { graph } = buildGraph(requestOf(request), installedFrom(machine, {}));
    const recorded: Graph = await recording(`workflows/${name}.json`);
    for (const apply of differ) apply(recorded);
    const [left, right] = [written(recorded), written(graph)];
    const different = { theirs: without(left, right), ours: without(right, left) };
    if (theirs.length + ours.length === 0) expect(different).toEqual({ theirs: [], ours: [] });
    else expect({ theirs: kinds(different.theirs), ours: kinds(different.ours) }).toEqual({ theirs, ours });
  });
}

const node = (class_type: string, inputs: Record<string, unknown>) => ({ class_type, inputs });
const kinds = (lines: string[]) => lines.map((line) => line.slice(0, line.indexOf('(')));

/** Fails when the recording has no such node; undefined takes an input away. */
function change(graph: Graph, id: string, inputs: Record<string, unknown>) {
  const changed = graph[id];
  if (changed === undefined) throw new Error(`The recording has no node ${id}.`);
  Object.assign(changed.inputs, inputs);
  for (const [name, value] of Object.entries(inputs)) if (value === undefined) delete changed.inputs[name];
}

/** Each node in one line. */
function written(graph: Graph): string[] {
  const lineOf = (id: string, isSource: boolean): string => {
    const { class_type, inputs } = graph[id] ?? { class_type: '?', inputs: {} };
    const values = Object.entries(inputs).map(([name, value]) => {
      if (!Array.isArray(value)) return `${name}=${JSON.stringify(value)}`;
      return isSource ? null : `${name}←${lineOf(value[0], true)}.${value[1]}`;
    });
    return `${class_type}(${values
      .filter((value) => value !== null)
      .sort()
      .join(' ')})`;
  };
  return Object.keys(graph).map((id) => lineOf(id, false));
}

/** Every line of the one, but as often as the other has it. */
function without(lines: string[], others: string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
