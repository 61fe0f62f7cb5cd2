import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { FULL_MACHINE } from '#tests/stand-ins/comfyui/machine.ts';
import type { GenerationRun } from '../engine.ts';
import { capabilitiesOf, objectionsTo } from './capabilities.ts';
import { buildGraph } from './graph.ts';
import type { Graphs } from './graphs.ts';
import { closeAll, engineOf, folder, generate, generationRun, standIn } from './runs/testing.ts';

/** Our own graphs, run by the driver on a stand-in that has every model and pack. */
afterAll(closeAll);

const graphs: Graphs = { build: buildGraph, capabilities: capabilitiesOf, objections: objectionsTo };
const models = {
  checkpoints: FULL_MACHINE.ckpt_name ?? [],
  diffusion_models: FULL_MACHINE.unet_name ?? [],
  text_encoders: FULL_MACHINE.clip_name ?? [],
  vae: FULL_MACHINE.vae_name ?? [],
  controlnet: FULL_MACHINE.control_net_name ?? [],
  upscale_models: FULL_MACHINE['UpscaleModelLoader.model_name'] ?? [],
  clip_vision: FULL_MACHINE['CLIPVisionLoader.clip_name'] ?? [],
  ipadapter: FULL_MACHINE.ipadapter_file ?? [],
  ultralytics: FULL_MACHINE['UltralyticsDetectorProvider.model_name'] ?? [],
  sams: FULL_MACHINE['SAMLoader.model_name'] ?? [],
};
const modelsDir = await folder();
const comfyui = await standIn({ models, modelsDir, faults: { stepMs: 1 } });
const engine = engineOf([comfyui.url], { graphs, modelsDir });

const picture = join(await folder(), 'picture.png');
await writeFile(
  picture,
  await sharp({ create: { width: 200, height: 300, channels: 3, background: 'teal' } })
    .png()
    .toBuffer(),
);
const lora = join(await folder(), 'lora.safetensors');
await writeFile(lora, 'lora');

const ALL: Partial<GenerationRun['toggles']> = {
  initImage: { reference: picture, mask: picture, denoise: 0.6 },
  controlNet: { mode: 'canny', reference: picture, strength: 0.8, isMap: false },
  ipAdapter: { reference: picture, weight: 0.8 },
  faceDetailer: { denoise: 0.4 },
  upscale: { factor: 2 },
};

for (const { id, lacks } of capabilitiesOf(null).baseModels)
  test(`${id}: with a LoRA and every toggle it has, an image of the exact size`, async () => {
    const capabilities = await engine.capabilities();
    expect(capabilities.baseModels.find((model) => model.id === id)?.unsupported).toBeNull();
    const toggles = Object.entries(ALL).filter(([name]) =>
      lacks.every(({ parameter }) => parameter !== name),
    );
    const run = await generationRun({
      config: { baseModel: id, width: 256, height: 320, steps: 6, sampler: 'euler', scheduler: 'simple' },
      toggles: Object.fromEntries(toggles),
      loras: [{ path: lora, sha256: 'c'.repeat(64) }],
    });
    expect(await engine.objections(run)).toEqual([]);
    const { events, images } = await generate(engine, run);
    expect(await sharp(images[0]?.path).metadata()).toMatchObject({ width: 512, height: 640 });
    const stages = new Set(events.flatMap((event) => (event.type === 'stage' ? [event.stage] : [])));
    expect([...stages]).toEqual(
      expect.arrayContaining(['preparing', 'loading_model', 'sampling', 'postprocessing', 'saving']),
    );
    const graph = JSON.parse(String(comfyui.posts().at(-1)?.body));
    expect(JSON.stringify(graph)).toContain('isengard/cccccccccccccccc.safetensors');
  });

test('a LoRA that changes text encoders is given to them, whatever is usual for its family', async () => {
  const loaderOf = async (reachesText: boolean) => {
    const readLora = async () => ({ family: 'flux.1', reachesText });
    const run = await generationRun({
      config: { baseModel: 'flux.1-dev', width: 256, height: 256, steps: 4, scheduler: 'simple' },
      loras: [{ path: lora, sha256: 'c'.repeat(64) }],
    });
    await generate(engineOf([comfyui.url], { graphs, modelsDir, readLora }), run);
    const { prompt } = JSON.parse(String(comfyui.posts().at(-1)?.body));
    return Object.values<{ class_type: string }>(prompt)
      .map(({ class_type }) => class_type)
      .filter((name) => name.startsWith('LoraLoader'));
  };
  expect(await loaderOf(true)).toEqual(['LoraLoader']);
  expect(await loaderOf(false)).toEqual(['LoraLoaderModelOnly']);
});

test('it says which model files there are, and that it cannot when it does not answer', async () => {
  expect(await engine.models?.()).toMatchObject({
    checkpoints: models.checkpoints,
    diffusion_models: models.diffusion_models,
    ultralytics: models.ultralytics,
  });
  expect(await engineOf(['http://127.0.0.1:9'], { graphs }).models?.()).toBeNull();
});

test('what a machine lacks is an objection before, and a failure by name when it went meanwhile', async () => {
  const bare = await standIn({ models: { checkpoints: models.checkpoints } });
  const poor = engineOf([bare.url], { graphs });
  const run = await generationRun({ config: { baseModel: 'sdxl' }, toggles: { upscale: { factor: 2 } } });
  expect(await poor.objections(run)).toEqual([
    expect.objectContaining({ parameter: expect.stringMatching(/upscale/) }),
  ]);
  await expect(generate(poor, run)).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_ENGINE' });
  expect(bare.posts()).toEqual([]);
});

test('images carry no graph, unless it is wanted', async () => {
  const texts = async (keepsGraph: boolean) => {
    const run = await generationRun({ config: { baseModel: 'sdxl', width: 256, height: 256, steps: 2 } });
    const { images } = await generate(engineOf([comfyui.url], { graphs, keepsGraph }), run);
    return (await sharp(images[0]?.path).metadata()).comments?.map(({ keyword }) => keyword) ?? [];
  };
  expect(await texts(false)).toEqual([]);
  expect(await texts(true)).toEqual(['prompt']);
});

test('no answer: capabilities with that reason, and health in one sentence', async () => {
  const gone = await standIn();
  await gone.close();
  const away = engineOf([gone.url], { graphs });
  const { baseModels } = await away.capabilities();
  expect(baseModels.every(({ unsupported }) => unsupported !== null)).toBe(true);
  expect(await away.objections(await generationRun({ config: { baseModel: 'sdxl' } }))).toHaveLength(1);
  expect(await engine.health()).toMatchObject({
    isHealthy: true,
    message: expect.stringMatching(/^ComfyUI ready.*\.$/),
  });
});
