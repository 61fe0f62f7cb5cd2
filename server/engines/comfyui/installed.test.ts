import { expect, test } from 'vitest';
import { recordedObjectInfo } from '#tests/stand-ins/comfyui/machine.ts';
import { FOLDER_NAMES, installedFrom } from './installed.ts';

test('the recorded server: nodes, their choices in both forms, and its files', async () => {
  const { nodes, files } = installedFrom(await recordedObjectInfo(), {});
  expect(nodes.get('CheckpointLoaderSimple')?.outputs).toEqual(['MODEL', 'CLIP', 'VAE']);
  // The older form of a choice, and the newer one.
  expect(nodes.get('KSampler')?.inputs.get('sampler_name')?.options).toHaveLength(44);
  expect(nodes.get('BasicScheduler')?.inputs.get('scheduler')?.options).toContain('karras');
  expect(nodes.get('ControlNetApplyAdvanced')?.inputs.get('vae')).toMatchObject({
    type: 'VAE',
    isRequired: false,
  });
  expect(nodes.get('KSampler')?.inputs.get('steps')).toEqual({
    ...{ type: 'INT', isRequired: true, options: null, default: 20 },
  });
  expect(files).toEqual({
    checkpoints: ['fx_sd15.safetensors', 'fx_sdxl.safetensors', 'sub/fx_pony.safetensors'],
    diffusion_models: ['flux1-dev.safetensors', 'flux1-schnell-fp8.safetensors'],
    text_encoders: ['clip_l.safetensors', 't5xxl_fp8_e4m3fn.safetensors'],
    vae: ['ae.safetensors', 'sdxl_vae.safetensors', 'pixel_space'],
    controlnet: ['control_v11p_sd15_canny.safetensors'],
    upscale_models: ['RealESRGAN_x4plus.pth'],
    ipadapter: ['ip-adapter-plus_sdxl_vit-h.safetensors', 'ip-adapter_sd15.safetensors'],
    clip_vision: ['CLIP-ViT-H-14.safetensors'],
    ultralytics: ['bbox/face_yolov8m.pt', 'segm/person_yolov8m-seg.pt'],
    sams: ['sam_vit_b_01ec64.pth', 'ESAM'],
  });
});

test('a choice without a default begins with its first', () => {
  const inputs = { a: [['x', 'y']], b: ['COMBO', { options: ['x', 'y'], default: 'y' }], c: ['COMBO', {}] };
  const { nodes } = installedFrom({ Node: { input: { required: inputs } } }, {});
  const node = nodes.get('Node')?.inputs;
  expect([node?.get('a')?.default, node?.get('b')?.default, node?.get('c')?.default]).toEqual([
    'x',
    'y',
    undefined,
  ]);
});

test('a folder is the files of its loader and those that it lists itself, each once', async () => {
  const folders = {
    upscale_models: ['RealESRGAN_x4plus.pth', '4x-UltraSharp.pth'],
    loras: ['a.safetensors'],
  };
  const { files } = installedFrom(await recordedObjectInfo(), folders);
  expect(files.upscale_models).toEqual(['RealESRGAN_x4plus.pth', '4x-UltraSharp.pth']);
  expect(Object.keys(files)).toEqual(FOLDER_NAMES);
  expect(installedFrom({}, { vae: ['ae.safetensors'] }).files.vae).toEqual(['ae.safetensors']);
});

test.each([
  ['nothing', null],
  ['text', 'Server got itself in trouble'],
  ['a list', [1]],
  ['nodes without inputs', { KSampler: null, VAEDecode: { input: { required: null }, output: 'IMAGE' } }],
  [
    'inputs of no form',
    { KSampler: { input: { required: { a: 1, b: [], c: [[1, null, 'x']], d: [null] } } } },
  ],
])('%s instead of nodes is no reason to fall', (_, objectInfo) => {
  expect(() => installedFrom(objectInfo, { vae: [7] as unknown as string[] })).not.toThrow();
});

test('a node called like something of JavaScript is a node', () => {
  const { nodes } = installedFrom(JSON.parse('{"__proto__": {"output": ["IMAGE"]}, "constructor": {}}'), {});
  expect([...nodes.keys()]).toEqual(['__proto__', 'constructor']);
  expect(nodes.has('toString')).toBe(false);
});
