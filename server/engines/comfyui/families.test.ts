import { expect, test } from 'vitest';
import { type ObjectInfo, validate } from '#tests/stand-ins/comfyui/validate.ts';
import type { ComfyuiBaseModel } from './base-model.ts';
import { capabilitiesOf } from './capabilities.ts';
import { SDXL } from './families.ts';
import { buildGraph } from './graph.ts';
import { installedFrom } from './installed.ts';
import { ALL_TOGGLES, isOurs, machine, requestOf } from './testing.ts';

/** One more base model of a known kind is one more entry of the table. */

test('a finetune of SDXL is one entry', () => {
  const finetune: ComfyuiBaseModel = {
    ...SDXL,
    id: 'realvis-xl',
    label: 'RealVisXL',
    description: 'A finetune for photographs.',
    defaults: { ...SDXL.defaults, sampler: 'dpmpp_sde' },
    loading: [
      {
        from: 'checkpoint',
        checkpoint: { folder: 'checkpoints', names: [/realvisxl/i], example: 'RealVisXL_V5.0.safetensors' },
      },
    ],
  };
  passesWithEverything(finetune, machine({ ckpt_name: ['RealVisXL_V5.0_fp16.safetensors'] }));
});

test.each([
  ['qwen-image', ['qwen_2.5_vl_7b_fp8_scaled.safetensors'], 'qwen_image'],
  ['z-image', ['qwen_3_4b.safetensors'], 'lumina2'],
])('a model of a new family is one entry: %s', (id, textEncoders, textEncoderType) => {
  const file = (folder: 'diffusion_models' | 'text_encoders' | 'vae', name: string) => ({
    ...{ folder, names: [new RegExp(name, 'i')], example: `${name}.safetensors` },
  });
  const entry: ComfyuiBaseModel = {
    ...{ id, label: id, description: 'A newer one.', family: id, resolutions: [1328], lacks: [] },
    defaults: {
      width: 1328,
      height: 1328,
      steps: 20,
      guidanceScale: 4,
      sampler: 'euler',
      scheduler: 'simple',
    },
    loading: [
      {
        ...{
          from: 'parts',
          unet: file('diffusion_models', id),
          vae: file('vae', `${id}_vae`),
          textEncoderType,
        },
        textEncoders: textEncoders.map((name) => file('text_encoders', name)),
      },
    ],
    sampling: {
      ...{ by: 'negative', empty: 'EmptySD3LatentImage' },
      shift: { node: 'ModelSamplingAuraFlow', shift: 3 },
    },
    ...{ inpainting: null, lorasReachText: false, controlNets: null, ipAdapter: null },
  };
  const lists = {
    unet_name: [`${id}.safetensors`],
    clip_name: textEncoders,
    vae_name: [`${id}_vae.safetensors`],
  };
  passesWithEverything(entry, machine(lists));
});

test('a model with three text encoders is one entry', () => {
  const encoder = (name: string) => ({
    ...{ folder: 'text_encoders' as const, names: [new RegExp(name)], example: `${name}.safetensors` },
  });
  const entry: ComfyuiBaseModel = {
    ...{
      id: 'sd3.5',
      label: 'SD 3.5',
      description: 'A newer one.',
      family: 'sd3',
      resolutions: [1024],
      lacks: [],
    },
    defaults: { steps: 28, guidanceScale: 4.5 },
    loading: [
      {
        from: 'parts',
        unet: { folder: 'diffusion_models', names: [/sd3\.5/], example: 'sd3.5_large.safetensors' },
        textEncoders: ['clip_l', 'clip_g', 't5xxl'].map(encoder),
        textEncoderType: 'sd3',
        vae: { folder: 'vae', names: [/sd3/], example: 'sd3_vae.safetensors' },
      },
    ],
    sampling: {
      ...{ by: 'negative', empty: 'EmptySD3LatentImage' },
      shift: { node: 'ModelSamplingSD3', shift: 3 },
    },
    ...{ inpainting: null, lorasReachText: true, controlNets: null, ipAdapter: null },
  };
  const encoders = ['clip_g.safetensors', 'clip_l.safetensors', 't5xxl_fp16.safetensors'];
  const lists = {
    ...{ unet_name: ['sd3.5_large.safetensors'], vae_name: ['sd3_vae.safetensors'], clip_name: encoders },
    ...{ clip_name1: encoders, clip_name2: encoders, clip_name3: encoders },
  };
  passesWithEverything(entry, machine(lists));
});

/** With each toggle that it has: capabilities say so, and ComfyUI takes the graph. */
function passesWithEverything(entry: ComfyuiBaseModel, objectInfo: ObjectInfo) {
  const installed = installedFrom(objectInfo, {});
  const [base] = capabilitiesOf(installed, [entry]).baseModels;
  expect(base).toMatchObject({ id: entry.id, family: entry.family, unsupported: null });
  const toggles = {
    ...ALL_TOGGLES,
    controlNet: entry.controlNets && ALL_TOGGLES.controlNet,
    ipAdapter: entry.ipAdapter && ALL_TOGGLES.ipAdapter,
  };
  const request = requestOf({ config: { ...entry.defaults, baseModel: entry.id }, toggles });
  const { graph } = buildGraph(request, installed, [entry]);
  expect(validate(graph, objectInfo, isOurs).error).toBeNull();
}
