import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { until } from '#tests/until.ts';
import { capabilitiesOf, objectionsTo } from './capabilities.ts';
import { buildGraph } from './graph.ts';
import { closeAll, engineOf, folder, generate, generationRun, standIn, stepping } from './runs/testing.ts';

afterAll(closeAll);

test('a batch: each image a prompt of its own seed, told in order, fetched and of its size', async () => {
  const comfyui = await standIn();
  const run = await generationRun({ config: { count: 3, steps: 8 }, indexes: [0, 2] });
  const startedAt = Date.now();
  const { events, images } = await generate(engineOf([comfyui.url], { graphs: stepping }), run);
  expect(images.map(({ index, seed }) => [index, seed])).toEqual([
    [0, 7],
    [2, 9],
  ]);
  expect(await sharp(images[0]?.path).metadata()).toMatchObject({ format: 'png', width: 128, height: 96 });
  for (const index of [0, 2]) {
    const steps = events.flatMap((event) =>
      event.type === 'step' && event.index === index ? [event.step] : [],
    );
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toBe(8);
    expect(steps.length).toBeGreaterThan(3);
  }
  const stages = events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []));
  expect(stages[0]).toBe('preparing');
  expect(stages).toContain('saving');
  const preview = events.find(({ type }) => type === 'preview');
  expect(preview?.type === 'preview' && (await sharp(preview.image).metadata()).format).toBe('jpeg');
  // At most two a second, of each image.
  const most = 2 * (1 + Math.ceil((Date.now() - startedAt) / 500));
  expect(events.filter(({ type }) => type === 'preview').length).toBeLessThanOrEqual(most);
  // What is read is gone from its history.
  expect(comfyui.history().size).toBe(0);
  await until(() => comfyui.sockets() === 0, 'the socket is closed');
});

test('each image has its own text, seed and LoRAs in its graph', async () => {
  const comfyui = await standIn({ models: { checkpoints: ['sd_xl_base_1.0.safetensors'] } });
  const run = await generationRun({ config: { baseModel: 'sdxl', steps: 1 } });
  const [first, second] = await Promise.all(
    ['a', 'b'].map(async (digit) => {
      const path = join(await folder(), `${digit}.safetensors`);
      await writeFile(path, digit);
      return { path, sha256: digit.repeat(64), strength: 0.5, triggerWord: null };
    }),
  );
  if (first === undefined || second === undefined) throw new Error('There are two.');
  const image = (index: number, prompt: string, loras: (typeof first)[]) => ({
    ...{ index, prompt, negativePrompt: `no ${prompt}`, seed: 100 * index, loras },
  });
  const images = [
    image(0, 'snow', [first]),
    image(1, 'sand', [second, { ...first, strength: 1.5 }]),
    image(2, 'rain', []),
  ];
  const graphs = { build: buildGraph, capabilities: capabilitiesOf, objections: objectionsTo };
  const told = await generate(engineOf([comfyui.url], { graphs }), { ...run, images });
  expect(told.images.map(({ index, seed }) => [index, seed])).toEqual([
    [0, 0],
    [1, 100],
    [2, 200],
  ]);
  const drawn = comfyui.posts().map(({ body }) => {
    const nodes = Object.values<{ class_type: string; inputs: Record<string, unknown> }>(
      JSON.parse(String(body)).prompt,
    );
    const of = (name: RegExp, input: string) =>
      nodes.filter(({ class_type }) => name.test(class_type)).map(({ inputs }) => inputs[input]);
    return {
      texts: of(/CLIPTextEncode/, 'text'),
      seed: of(/KSampler/, 'seed'),
      loras: of(/LoraLoader/, 'lora_name').map((name) => String(name).slice(-28, -12)),
      strengths: of(/LoraLoader/, 'strength_model'),
    };
  });
  const [a, b] = ['a'.repeat(16), 'b'.repeat(16)];
  expect(drawn).toEqual([
    { texts: ['snow', 'no snow'], seed: [0], loras: [a], strengths: [0.5] },
    { texts: ['sand', 'no sand'], seed: [100], loras: [b, a], strengths: [0.5, 1.5] },
    { texts: ['rain', 'no rain'], seed: [200], loras: [], strengths: [] },
  ]);
});
