import { expect, test } from 'vitest';
import { FULL_MACHINE } from '#tests/stand-ins/comfyui/machine.ts';
import { validate } from '#tests/stand-ins/comfyui/validate.ts';
import type { GenerationToggles } from '../engine.ts';
import type { ComfyuiBaseModel } from './base-model.ts';
import { BASE_MODELS } from './families.ts';
import type { Graph } from './graph.ts';
import {
  ALL_TOGGLES,
  build,
  FULL,
  isOurs,
  machine,
  nodesOf,
  only,
  type RequestChange,
  sourceOf,
} from './testing.ts';

// ── Every combination ────────────────────────────────────────────────────────────────────────────────────────────────

const mask = 'isengard/mask.png';
const INIT = [
  null,
  ALL_TOGGLES.initImage,
  { ...ALL_TOGGLES.initImage, mask },
  { ...ALL_TOGGLES.initImage, mask, denoise: 1 },
];
const optional = <Value>(value: Value) => [null, value];

function* combinations({ ipAdapter, controlNets }: ComfyuiBaseModel): Generator<GenerationToggles<string>> {
  for (const initImage of INIT)
    for (const controlNet of controlNets === null ? [null] : optional(ALL_TOGGLES.controlNet))
      for (const look of ipAdapter === null ? [null] : optional(ALL_TOGGLES.ipAdapter))
        for (const faceDetailer of optional(ALL_TOGGLES.faceDetailer))
          for (const upscale of optional(ALL_TOGGLES.upscale))
            yield { initImage, controlNet, ipAdapter: look, faceDetailer, upscale };
}

const LORAS = FULL_MACHINE.lora_name?.map((name) => ({ name, strength: 0.7 })) ?? [];

/** How it is asked for, with the defaults of the base model and nothing that it lacks. */
function plain({ id, defaults, lacks }: ComfyuiBaseModel): RequestChange {
  const takesNone = lacks.some(({ parameter }) => parameter === 'negativePrompt');
  return { config: { ...defaults, baseModel: id, negativePrompt: takesNone ? '' : 'blurry' }, loras: LORAS };
}

const INPAINTING = ['sd_xl_base_1.0_inpainting_0.1.safetensors', 'sd-v1-5-inpainting.safetensors'];
const MACHINES = [
  ['ordinary checkpoints', FULL],
  ['those for inpainting too', machine({ ckpt_name: [...(FULL_MACHINE.ckpt_name ?? []), ...INPAINTING] })],
] as const;

for (const base of BASE_MODELS)
  test.each(MACHINES)(`${base.id}: ComfyUI takes every combination of toggles, with %s`, (_, objectInfo) => {
    let count = 0;
    for (const toggles of combinations(base)) {
      const { graph, outputNode, weights } = build({ ...plain(base), toggles }, objectInfo);
      const verdict = validate(graph, objectInfo, isOurs);
      const passed = { error: null, node_errors: {}, outputs: [outputNode] };
      expect(verdict, JSON.stringify(toggles)).toEqual(passed);
      expect(Object.keys(graph)).toEqual(expect.arrayContaining(Object.keys(weights)));
      expect(new Set(Object.keys(graph))).toEqual(reachableFrom(outputNode, graph));
      count++;
    }
    const has = (net: object | string | null) => (net === null ? 1 : 2);
    expect(count).toBe(16 * has(base.ipAdapter) * has(base.controlNets));
  });

function reachableFrom(id: string, graph: Graph, seen = new Set<string>()): Set<string> {
  seen.add(id);
  for (const value of Object.values(graph[id]?.inputs ?? {}))
    if (Array.isArray(value) && !seen.has(value[0])) reachableFrom(value[0], graph, seen);
  return seen;
}

test('the same request gives the same graph', () => {
  expect(build({ toggles: ALL_TOGGLES })).toEqual(build({ toggles: ALL_TOGGLES }));
});

test('the sampler weighs its steps, and with the loaders, faces and the larger size it is all that is worth showing', () => {
  const built = build({ config: { steps: 25 }, toggles: ALL_TOGGLES });
  const weighed = Object.entries(built.weights).map(([id, weight]) => [built.graph[id]?.class_type, weight]);
  expect(Object.fromEntries(weighed)).toMatchObject({
    KSampler: 25,
    FaceDetailer: 25,
    ImageUpscaleWithModel: 5,
  });
  const flux = build({ config: { baseModel: 'flux.1-schnell', negativePrompt: '', steps: 4 } });
  expect(flux.weights[only(flux, 'SamplerCustomAdvanced').id]).toBe(4);
  expect(flux.weights[only(flux, 'UNETLoader').id]).toBe(6);
});

// ── LoRAs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('LoRAs are applied in their order, each to what the one before made', () => {
  const built = build({
    loras: [
      { name: 'first.safetensors', strength: 0.5 },
      { name: 'second.safetensors', strength: 1.2 },
    ],
  });
  const [first, second] = nodesOf(built, 'LoraLoader');
  expect(first?.inputs).toMatchObject({
    lora_name: 'first.safetensors',
    strength_model: 0.5,
    strength_clip: 0.5,
  });
  expect(second?.inputs).toMatchObject({ model: [first?.id, 0], clip: [first?.id, 1], strength_model: 1.2 });
  expect(only(built, 'KSampler').inputs.model).toEqual([second?.id, 0]);
  for (const { inputs } of nodesOf(built, 'CLIPTextEncode')) expect(inputs.clip).toEqual([second?.id, 1]);
});

test('a LoRA of FLUX.1 leaves the text encoders alone, unless it holds weights for them', () => {
  const lora = { name: 'a.safetensors', strength: 1 };
  const config = { baseModel: 'flux.1-dev', negativePrompt: '' };
  expect(only(build({ config, loras: [lora] }), 'LoraLoaderModelOnly').inputs.lora_name).toBe(
    'a.safetensors',
  );
  expect(nodesOf(build({ config, loras: [{ ...lora, reachesText: true }] }), 'LoraLoader')).toHaveLength(1);
});

// ── Where it begins ──────────────────────────────────────────────────────────────────────────────────────────────────

test('an image from a picture has its denoise', () => {
  const built = build({ toggles: { initImage: ALL_TOGGLES.initImage } });
  const { latent_image, denoise } = only(built, 'KSampler').inputs;
  expect(denoise).toBe(0.6);
  expect(sourceOf(built, latent_image)).toBe('VAEEncode');
  expect(nodesOf(built, 'EmptyLatentImage')).toEqual([]);
});

test('FLUX.1 begins from a picture too', () => {
  const config = { baseModel: 'flux.1-dev', negativePrompt: '' };
  const built = build({ config, toggles: { initImage: ALL_TOGGLES.initImage } });
  expect(only(built, 'BasicScheduler').inputs.denoise).toBe(0.6);
  expect(sourceOf(built, only(built, 'SamplerCustomAdvanced').inputs.latent_image)).toBe('VAEEncode');
});

const masked = (denoise: number) => ({
  initImage: { reference: 'start.png', mask: 'mask.png', denoise },
});

test('with a mask, what it leaves out is the old picture, also where a face was found, before all is enlarged', () => {
  const { faceDetailer, upscale } = ALL_TOGGLES;
  const built = build({ toggles: { ...masked(0.7), faceDetailer, upscale } });
  const { destination, source } = only(built, 'ImageCompositeMasked').inputs;
  expect(sourceOf(built, destination)).toBe('LoadImage');
  expect(sourceOf(built, source)).toBe('FaceDetailer');
  expect(sourceOf(built, only(built, 'ImageUpscaleWithModel').inputs.image)).toBe('ImageCompositeMasked');
});

test('an inpainting checkpoint of the base model is taken when there is a mask, and only then', () => {
  const names = ['sd_xl_base_1.0.safetensors', 'sd_xl_base_1.0_inpainting_0.1.safetensors'];
  const objectInfo = machine({ ckpt_name: names });
  const checkpointFor = (toggles: NonNullable<RequestChange['toggles']>) =>
    only(build({ toggles }, objectInfo), 'CheckpointLoaderSimple').inputs.ckpt_name;
  expect(checkpointFor(masked(0.7))).toBe(names[1]);
  expect(checkpointFor({ initImage: ALL_TOGGLES.initImage })).toBe(names[0]);
  expect(checkpointFor({})).toBe(names[0]);
});

// ── Steering it ──────────────────────────────────────────────────────────────────────────────────────────────────────

test('edges are found in a picture, and a ready map is taken as it is', () => {
  const { controlNet } = ALL_TOGGLES;
  expect(nodesOf(build({ toggles: { controlNet } }), 'Canny')).toHaveLength(1);
  const ready = build({ toggles: { controlNet: { ...controlNet, isMap: true } } });
  expect(sourceOf(ready, only(ready, 'ControlNetApplyAdvanced').inputs.image)).toBe('LoadImage');
});

// ── Faces ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test('faces are drawn with LoRAs and texts alone, and no text is read for commands', () => {
  const built = build({ toggles: ALL_TOGGLES, loras: [{ name: 'a.safetensors', strength: 1 }] });
  const { model, positive, wildcard, denoise } = only(built, 'FaceDetailer').inputs;
  expect(sourceOf(built, model)).toBe('LoraLoader');
  expect(sourceOf(built, positive)).toBe('CLIPTextEncode');
  expect({ wildcard, denoise }).toEqual({ wildcard: '', denoise: 0.5 });
});

test('a face detailer that keeps everything is given the least that it takes', () => {
  const built = build({ toggles: { faceDetailer: { denoise: 0 } } });
  expect(only(built, 'FaceDetailer').inputs.denoise).toBe(0.0001);
  expect(validate(built.graph, FULL).error).toBeNull();
});

test('without a segmenter faces are cut out as boxes', () => {
  const built = build(
    { toggles: { faceDetailer: { denoise: 0.5 } } },
    machine({ 'SAMLoader.model_name': ['ESAM'] }),
  );
  expect(only(built, 'FaceDetailer').inputs).not.toHaveProperty('sam_model_opt');
});

// ── Refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test('what cannot be done is a failure that no other try mends', () => {
  expect(() => build({ config: { baseModel: 'flux.1-dev' } })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_BY_ENGINE', canRetry: false, advice: expect.any(String) }),
  );
  expect(() => build({ config: { baseModel: 'sd9' } })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_BASE_MODEL' }),
  );
});
