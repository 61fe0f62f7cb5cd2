import { expect, test } from 'vitest';
import { capabilitiesOf } from './capabilities.ts';
import { installedFrom } from './installed.ts';
import { ALL_TOGGLES, build, machine, nodesOf, only, sourceOf } from './testing.ts';

/** Which of the files that lie there is taken. ComfyUI tells no more of them than their names. */

/** As their makers name them, and as the product itself downloads them. */
test('with a file for each thing everything can be done', () => {
  const objectInfo = machine({
    ckpt_name: ['sd_xl_base_1.0.safetensors', 'v1-5-pruned-emaonly.safetensors'],
    unet_name: [
      'flux1-dev.safetensors',
      'flux1-schnell.safetensors',
      'qwen_image_fp8_e4m3fn.safetensors',
      'z_image_turbo_bf16.safetensors',
    ],
    control_net_name: [
      'FLUX.1-dev-ControlNet-Union-Pro-2.0.safetensors',
      'control_v11f1p_sd15_depth_fp16.safetensors',
      'control_v11p_sd15_canny_fp16.safetensors',
      'control_v11p_sd15_openpose_fp16.safetensors',
      'controlnet-union-sdxl-1.0-promax.safetensors',
    ],
    ipadapter_file: ['ip-adapter-plus-face_sd15.safetensors', 'ip-adapter-plus-face_sdxl_vit-h.safetensors'],
    'UpscaleModelLoader.model_name': ['RealESRGAN_x4plus.safetensors'],
  });
  const { baseModels, toggles } = capabilitiesOf(installedFrom(objectInfo, {}));
  for (const { unsupported } of [...baseModels, ...toggles]) expect(unsupported).toBeNull();
  // Of the others none is made, or none that we know.
  const steered = baseModels.filter(({ family }) => ['flux.1', 'sdxl', 'sd1.5'].includes(family));
  const lacks = steered.flatMap((base) => base.lacks.map(({ parameter }) => parameter));
  expect(lacks).not.toContain('controlNet');
  for (const parameter of toggles.flatMap((toggle) => toggle.parameters))
    if (parameter.type === 'CHOICE')
      for (const { unsupported } of parameter.options) expect(unsupported).toBeNull();
});

test('a checkpoint that cannot hold code goes before one that can', () => {
  const objectInfo = machine({ ckpt_name: ['v1-5-pruned.ckpt', 'v1-5-pruned-emaonly.safetensors'] });
  const built = build({ config: { baseModel: 'sd1.5' } }, objectInfo);
  expect(only(built, 'CheckpointLoaderSimple').inputs.ckpt_name).toBe('v1-5-pruned-emaonly.safetensors');
});

test('a name with the separators of Windows is found, and given back as it is', () => {
  const objectInfo = machine({ ckpt_name: ['SDXL\\sd_xl_base_1.0.safetensors'] });
  const built = build({}, objectInfo);
  expect(only(built, 'CheckpointLoaderSimple').inputs.ckpt_name).toBe('SDXL\\sd_xl_base_1.0.safetensors');
});

test('FLUX.1 is loaded from one checkpoint where its parts are not there', () => {
  const objectInfo = machine({ unet_name: [], ckpt_name: ['flux1-dev-fp8.safetensors'] });
  const built = build({ config: { baseModel: 'flux.1-dev', negativePrompt: '' } }, objectInfo);
  expect(only(built, 'CheckpointLoaderSimple').inputs.ckpt_name).toBe('flux1-dev-fp8.safetensors');
  expect(nodesOf(built, 'UNETLoader')).toEqual([]);
});

test('models that are not FLUX.1-dev, but have its name, are left alone', () => {
  const others = [
    'flux1-fill-dev.safetensors',
    'flux1-dev-kontext_fp8_scaled.safetensors',
    'flux2-dev.safetensors',
  ];
  expect(() =>
    build({ config: { baseModel: 'flux.1-dev' } }, machine({ unet_name: others, ckpt_name: [] })),
  ).toThrow(
    'FLUX.1-dev is not complete in ComfyUI. Missing: flux1-dev.safetensors in models/diffusion_models.',
  );
});

test.each([
  ['flux1-dev.safetensors', 'default'],
  ['flux1-dev-fp8-e4m3fn.safetensors', 'fp8_e4m3fn'],
  ['flux1-dev-fp8-e5m2.safetensors', 'fp8_e5m2'],
  ['flux1-dev_fp8_scaled.safetensors', 'default'],
])('%s is loaded as %s', (name, precision) => {
  const config = { baseModel: 'flux.1-dev', negativePrompt: '' };
  const { inputs } = only(build({ config }, machine({ unet_name: [name] })), 'UNETLoader');
  expect(inputs).toEqual({ unet_name: name, weight_dtype: precision });
});

const NETS = [
  ['sd1.5', 'pose', ['control_v11p_sd15_openpose.pth', 'control_v11p_sd15_canny.pth'], 0],
  ['sd1.5', 'depth', ['control_v11p_sd15_canny.pth', 'control_v11f1p_sd15_depth_fp16.safetensors'], 1],
  ['sdxl', 'canny', ['controlnet-union-sdxl-1.0.safetensors', 'controlnet-canny-sdxl-1.0.safetensors'], 1],
  ['sdxl', 'pose', ['flux-xlabs-openpose.safetensors', 'OpenPoseXL2.safetensors'], 1],
  ['sdxl', 'depth', ['control_v11f1p_sd15_depth.pth', 'SDXL/diffusers_xl_depth_full.safetensors'], 1],
  ['sdxl', 'canny', ['control-lora-canny-rank256.safetensors'], 0],
  ['flux.1-dev', 'canny', ['diffusers_xl_canny_full.safetensors', 'flux-canny-controlnet-v3.safetensors'], 1],
] as const;

test.each(NETS)('ControlNet of %s for %s among %j', (baseModel, mode, names, chosen) => {
  const controlNet = { mode, reference: 'map.png', strength: 1, isMap: true };
  const objectInfo = machine({ control_net_name: [...names] });
  const built = build({ config: { baseModel, negativePrompt: '' }, toggles: { controlNet } }, objectInfo);
  expect(only(built, 'ControlNetLoader').inputs.control_net_name).toBe(names[chosen]);
  expect(nodesOf(built, 'SetUnionControlNetType')).toEqual([]);
});

test.each([
  ['sdxl', 'pose', 'openpose'],
  ['sdxl', 'depth', 'depth'],
  ['sdxl', 'canny', 'canny/lineart/anime_lineart/mlsd'],
  ['flux.1-dev', 'canny', 'openpose'],
  ['flux.1-dev', 'depth', 'hed/pidi/scribble/ted'],
  ['flux.1-dev', 'pose', 'normal'],
] as const)('the union model of %s is told %s as “%s”', (baseModel, mode, type) => {
  const controlNet = { mode, reference: 'map.png', strength: 1, isMap: true };
  const built = build({ config: { baseModel, negativePrompt: '' }, toggles: { controlNet } });
  expect(only(built, 'SetUnionControlNetType').inputs.type).toBe(type);
});

test.each([
  ['sdxl', ['ip-adapter_sdxl_vit-h.safetensors'], 'STANDARD (medium strength)'],
  ['sdxl', ['ip-adapter-plus-face_sdxl_vit-h.safetensors'], 'PLUS FACE (portraits)'],
  ['sdxl', ['ip-adapter_sdxl.safetensors'], null],
  ['sd1.5', ['ip-adapter-full-face_sd15.safetensors'], 'FULL FACE - SD1.5 only (portraits stronger)'],
  ['sd1.5', ['ip-adapter_sd15_light_v11.bin'], 'LIGHT - SD1.5 only (low strength)'],
  ['sd1.5', ['ip-adapter_sdxl_vit-h.safetensors'], null],
])('IP-Adapter of %s with %j: %s', (baseModel, ipadapter_file, preset) => {
  const request = { config: { baseModel }, toggles: { ipAdapter: ALL_TOGGLES.ipAdapter } };
  const objectInfo = machine({ ipadapter_file });
  if (preset === null) expect(() => build(request, objectInfo)).toThrow('ipAdapter');
  else expect(only(build(request, objectInfo), 'IPAdapterUnifiedLoader').inputs.preset).toBe(preset);
});

test.each([
  [2, ['RealESRGAN_x4plus.pth'], 'RealESRGAN_x4plus.pth', 1],
  [4, ['RealESRGAN_x4plus.pth'], 'RealESRGAN_x4plus.pth', 1],
  [2, ['4x-UltraSharp.pth', 'RealESRGAN_x2plus.pth'], 'RealESRGAN_x2plus.pth', 1],
  [4, ['2xLexicaRRDBNet.pth', '1x_DeJPEG.pth'], '2xLexicaRRDBNet.pth', 2],
  [4, ['8x_NMKD.pth'], '8x_NMKD.pth', 1],
] as const)('%i × with %j: %s, %i times, then to the exact size', (factor, names, name, passes) => {
  const objectInfo = machine({ 'UpscaleModelLoader.model_name': [...names] });
  const built = build({ config: { width: 832, height: 1216 }, toggles: { upscale: { factor } } }, objectInfo);
  expect(only(built, 'UpscaleModelLoader').inputs.model_name).toBe(name);
  expect(nodesOf(built, 'ImageUpscaleWithModel')).toHaveLength(passes);
  expect(only(built, 'ImageScale').inputs).toMatchObject({ width: 832 * factor, height: 1216 * factor });
  expect(sourceOf(built, only(built, 'SaveImage').inputs.images)).toBe('ImageScale');
});
