import { expect, test } from 'vitest';
import type { Lists } from '#tests/stand-ins/comfyui/machine.ts';
import type { ObjectInfo } from '#tests/stand-ins/comfyui/validate.ts';
import type { GenerationToggles } from '../engine.ts';
import { capabilitiesOf, objectionsTo } from './capabilities.ts';
import type { GraphRequest } from './graph.ts';
import { installedFrom } from './installed.ts';
import { ALL_TOGGLES, FULL, machine, requestOf } from './testing.ts';

const capabilities = (objectInfo: ObjectInfo) => capabilitiesOf(installedFrom(objectInfo, {}));
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(FULL).filter(([name]) => !names.includes(name)));

const toggleOf = (objectInfo: ObjectInfo, name: string) =>
  capabilities(objectInfo).toggles.find((toggle) => toggle.name === name);
const baseOf = (objectInfo: ObjectInfo, id: string) =>
  capabilities(objectInfo).baseModels.find((base) => base.id === id);

test('a machine with everything can do everything, but for what some models lack', () => {
  const { engine, baseModels, toggles } = capabilities(FULL);
  expect(engine).toBe('comfyui');
  expect(baseModels.map(({ id, family, unsupported }) => [id, family, unsupported])).toEqual([
    ['flux.1-dev', 'flux.1', null],
    ['flux.1-schnell', 'flux.1', null],
    ['sdxl', 'sdxl', null],
    ['sd1.5', 'sd1.5', null],
    ['qwen-image', 'qwen-image', null],
    ['z-image-turbo', 'z-image', null],
  ]);
  expect(baseModels.map(({ lacks }) => lacks.map(({ parameter }) => parameter))).toEqual([
    ['negativePrompt', 'ipAdapter'],
    ['negativePrompt', 'guidanceScale', 'ipAdapter'],
    [],
    [],
    ['controlNet', 'ipAdapter'],
    ['negativePrompt', 'guidanceScale', 'controlNet', 'ipAdapter'],
  ]);
  expect(toggles.map(({ name, unsupported }) => [name, unsupported])).toEqual([
    ['initImage', null],
    ['controlNet', null],
    ['ipAdapter', null],
    ['faceDetailer', null],
    ['upscale', null],
  ]);
});

test('the defaults of a base model are within what is advertised', () => {
  const { parameters, baseModels } = capabilities(FULL);
  for (const { defaults } of baseModels)
    for (const [name, value] of Object.entries(defaults)) {
      const parameter = parameters.find((known) => known.name === name);
      if (parameter?.type === 'CHOICE')
        expect(parameter.options.map((option) => option.value)).toContain(value);
      else expect(parameter).toMatchObject({ minimum: expect.any(Number), maximum: expect.any(Number) });
    }
});

test('samplers and schedulers are those that are installed', () => {
  const options = (objectInfo: ObjectInfo, name: string) => {
    const parameter = capabilities(objectInfo).parameters.find((known) => known.name === name);
    return parameter?.type === 'CHOICE' ? parameter.options : [];
  };
  expect(options(FULL, 'sampler')).toHaveLength(44);
  expect(options(FULL, 'sampler')).toContainEqual({
    value: 'dpmpp_2m',
    label: 'DPM++ 2M',
    unsupported: null,
  });
  expect(options(machine({ scheduler: ['simple', 'odd'] }), 'scheduler').map(({ value }) => value)).toEqual([
    ...['simple', 'odd'],
  ]);
});

test('while ComfyUI does not answer, the form is there, and no base model can be used', () => {
  const { baseModels, parameters, toggles } = capabilitiesOf(null);
  for (const { unsupported } of baseModels) expect(unsupported).toBe('ComfyUI does not answer.');
  expect(parameters.map(({ name }) => name)).toEqual(capabilities(FULL).parameters.map(({ name }) => name));
  expect(toggles).toHaveLength(5);
  expect(objectionsTo({ ...requestOf(), images: [] }, null)).toEqual([
    { parameter: 'baseModel', reason: 'ComfyUI does not answer.' },
  ]);
});

const MISSING = [
  {
    what: 'ComfyUI_IPAdapter_plus',
    objectInfo: without('IPAdapter', 'IPAdapterUnifiedLoader'),
    toggle: 'ipAdapter',
    reason: 'Needs ComfyUI_IPAdapter_plus, which ComfyUI has not loaded.',
  },
  {
    what: 'an IP-Adapter',
    objectInfo: machine({ ipadapter_file: [] }),
    toggle: 'ipAdapter',
    reason:
      'No IP-Adapter for SDXL is installed: put ip-adapter-plus-face_sdxl_vit-h.safetensors into models/ipadapter.',
  },
  {
    // As on the recorded server: its name is not one that the pack looks for.
    what: 'the name of a model that sees',
    objectInfo: machine({ 'CLIPVisionLoader.clip_name': ['CLIP-ViT-H-14.safetensors'] }),
    toggle: 'ipAdapter',
    reason:
      'The IP-Adapter needs a model that sees: put CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors into models/clip_vision.',
  },
  {
    what: 'ComfyUI-Impact-Pack',
    objectInfo: without('FaceDetailer'),
    toggle: 'faceDetailer',
    reason: 'Needs ComfyUI-Impact-Pack, which ComfyUI has not loaded.',
  },
  {
    what: 'ComfyUI-Impact-Subpack',
    objectInfo: without('UltralyticsDetectorProvider'),
    toggle: 'faceDetailer',
    reason: 'Needs ComfyUI-Impact-Subpack, which ComfyUI has not loaded.',
  },
  {
    what: 'a detector of faces',
    objectInfo: machine({ 'UltralyticsDetectorProvider.model_name': ['segm/person_yolov8m-seg.pt'] }),
    toggle: 'faceDetailer',
    reason: 'A model is missing: bbox/face_yolov8m.pt in models/ultralytics.',
  },
  {
    what: 'a model that enlarges',
    objectInfo: machine({ 'UpscaleModelLoader.model_name': ['1x_DeJPEG.pth'] }),
    toggle: 'upscale',
    reason:
      'No upscale model is installed: put one into models/upscale_models, such as RealESRGAN_x4plus.safetensors.',
  },
  {
    what: 'any ControlNet',
    objectInfo: machine({ control_net_name: [] }),
    toggle: 'controlNet',
    reason:
      'No canny ControlNet for FLUX.1-dev is installed: put one into models/controlnet, such as FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors.',
  },
  {
    what: 'a node of ComfyUI itself',
    objectInfo: without('VAEEncode'),
    toggle: 'initImage',
    reason: 'Needs a newer ComfyUI: this one has no node VAEEncode.',
  },
];

test.each(MISSING)(
  'without $what there is no $toggle, and everything else',
  ({ objectInfo, toggle, reason }) => {
    expect(toggleOf(objectInfo, toggle)?.unsupported).toBe(reason);
    const others = capabilities(objectInfo).toggles.filter(({ name }) => name !== toggle);
    expect(others.map(({ unsupported }) => unsupported)).toEqual([null, null, null, null]);
  },
);

test('a toggle that some base models can use is a lack of the others', () => {
  const objectInfo = machine({ control_net_name: ['control_v11p_sd15_canny.pth'] });
  expect(toggleOf(objectInfo, 'controlNet')?.unsupported).toBeNull();
  expect(baseOf(objectInfo, 'sd1.5')?.lacks).toEqual([]);
  expect(baseOf(objectInfo, 'sdxl')?.lacks).toEqual([
    {
      parameter: 'controlNet',
      reason:
        'No canny ControlNet for SDXL is installed: put one into models/controlnet, such as controlnet-union-sdxl-1.0-promax.safetensors.',
    },
  ]);
  const mode = toggleOf(objectInfo, 'controlNet')?.parameters.find(({ name }) => name === 'mode');
  const options = mode?.type === 'CHOICE' ? mode.options : [];
  expect(options.map(({ value, unsupported }) => [value, unsupported === null])).toEqual([
    ['canny', true],
    ['pose', false],
    ['depth', false],
  ]);
});

test('a ControlNet for a base model that is not there is none', () => {
  const objectInfo = machine({
    control_net_name: ['control_v11p_sd15_canny.pth', 'controlnet-union-sdxl-1.0-promax.safetensors'],
    ckpt_name: ['v1-5-pruned-emaonly-fp16.safetensors'],
    unet_name: [],
  });
  const mode = toggleOf(objectInfo, 'controlNet')?.parameters.find(({ name }) => name === 'mode');
  expect(mode?.type === 'CHOICE' && mode.options.map(({ unsupported }) => unsupported === null)).toEqual([
    true,
    false,
    false,
  ]);
});

const FILES: { id: string; lists: Lists; missing: string }[] = [
  {
    id: 'sdxl',
    lists: { ckpt_name: ['sd_xl_refiner_1.0.safetensors'] },
    missing: 'sd_xl_base_1.0.safetensors in models/checkpoints',
  },
  {
    id: 'sd1.5',
    lists: { ckpt_name: [] },
    missing: 'v1-5-pruned-emaonly.safetensors in models/checkpoints',
  },
  { id: 'flux.1-schnell', lists: { vae_name: ['pixel_space'] }, missing: 'ae.safetensors in models/vae' },
  {
    id: 'flux.1-dev',
    lists: { vae_name: [], clip_name: ['clip_l.safetensors'] },
    missing: 't5xxl_fp16.safetensors in models/text_encoders, ae.safetensors in models/vae',
  },
];

test.each(FILES)('$id without its files says which', ({ id, lists, missing }) => {
  const base = baseOf(machine(lists), id);
  expect(base?.unsupported).toBe(`${base?.label} is not complete in ComfyUI. Missing: ${missing}.`);
});

// ── Objections ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const objections = (
  change: Partial<GraphRequest['config']>,
  toggles: Partial<GenerationToggles<string>> = {},
  objectInfo = FULL,
) => {
  const request = requestOf({ config: change, toggles });
  return objectionsTo({ ...request, images: [request.config] }, installedFrom(objectInfo, {}));
};

test('there are none to what can be done', () => {
  expect(objections({}, ALL_TOGGLES)).toEqual([]);
});

test.each(['pose', 'depth'] as const)('%s needs a ready map', (mode) => {
  const controlNet = { ...ALL_TOGGLES.controlNet, mode };
  expect(objections({}, { controlNet })).toEqual([
    { parameter: 'controlNet.mode', reason: expect.stringContaining('give a ready map') },
  ]);
  expect(objections({}, { controlNet: { ...controlNet, isMap: true } })).toEqual([]);
});

test('what FLUX.1 does not look at is objected to, not left out', () => {
  const told = objections({ baseModel: 'flux.1-dev' }, { ipAdapter: ALL_TOGGLES.ipAdapter });
  expect(told.map(({ parameter }) => parameter)).toEqual(['negativePrompt', 'ipAdapter']);
});

test('all that is missing is told, each once', () => {
  const objectInfo = without('FaceDetailer', 'IPAdapter', 'ImageScale', 'DifferentialDiffusion');
  const initImage = { ...ALL_TOGGLES.initImage, mask: 'mask.png' };
  const told = objections({ sampler: 'none' }, { ...ALL_TOGGLES, initImage }, objectInfo);
  expect(told.map(({ parameter }) => parameter).sort()).toEqual([
    ...['faceDetailer', 'initImage.mask', 'ipAdapter', 'sampler', 'upscale'],
  ]);
});

test('a sampler that is not there leaves its base model to the others', () => {
  const objectInfo = machine({ sampler_name: ['euler'] });
  expect(baseOf(objectInfo, 'sdxl')?.unsupported).toBeNull();
  expect(objections({ sampler: 'dpmpp_2m' }, {}, objectInfo)).toEqual([
    { parameter: 'sampler', reason: "ComfyUI's KSampler has no sampler_name “dpmpp_2m”." },
  ]);
});

test('a base model that there is not', () => {
  expect(objections({ baseModel: 'sd9' })).toEqual([
    { parameter: 'baseModel', reason: 'ComfyUI has no such base model.' },
  ]);
});
