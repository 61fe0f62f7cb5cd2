import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { cancelPrompt } from './cancel.ts';
import { comfyHttp } from './http.ts';
import { promptIdOf } from './prompt-id.ts';
import { closeAll, engineOf, generate, generationRun, modelFree, QUICK, standIn } from './runs/testing.ts';
import { TIMES } from './times.ts';

/**
 * What must hold with a real ComfyUI too, which needs no model for it: with ISENGARD_LIVE_COMFYUI_URL it is asked of that one, else of the
 * stand-in.
 */
afterAll(closeAll);

const live = process.env.ISENGARD_LIVE_COMFYUI_URL?.replace(/\/+$/, '');
const url = live ?? (await standIn()).url;
const times = live ? TIMES : QUICK;
const engine = engineOf([url], { times });

test('it is there and tells its version', async () => {
  expect(await engine.health()).toMatchObject({
    isHealthy: true,
    message: expect.stringMatching(/version \d/),
  });
});

test('three images: their sizes, their seeds, no graph in them, nothing left in its history', async () => {
  const run = await generationRun({
    config: { count: 3, width: 128, height: 96 },
    toggles: { upscale: { factor: 2 } },
  });
  const { images, events } = await generate(engine, run);
  expect(images.map(({ index, seed }) => [index, seed])).toEqual(
    [0, 1, 2].map((index) => [index, 7 + index]),
  );
  const files = await Promise.all(images.map(({ path }) => sharp(path).metadata()));
  for (const file of files) expect(file).toMatchObject({ format: 'png', width: 256, height: 192 });
  expect(files.flatMap(({ comments }) => comments ?? [])).toEqual([]);
  const last = events.findLast((event) => event.type === 'step');
  expect(last).toMatchObject({ step: run.config.steps, steps: run.config.steps });
  for (const { index } of images)
    expect(await comfyHttp(url).state(promptIdOf(run.jobId, index))).toEqual({ at: 'nowhere' });
});

test('a refused graph is a failure by name', async () => {
  const graphs = {
    ...modelFree,
    build: (...args: Parameters<typeof modelFree.build>) => {
      const built = modelFree.build(...args);
      Object.assign(built.graph['2'] ?? {}, { class_type: 'IsengardHasNoSuchNode' });
      return built;
    },
  };
  await expect(generate(engineOf([url], { graphs, times }), await generationRun())).rejects.toMatchObject({
    code: 'MISSING_NODE',
    message: expect.stringContaining('IsengardHasNoSuchNode'),
  });
});

test('a prompt that nobody knows is nowhere, and may be cancelled', async () => {
  const http = comfyHttp(url);
  const id = crypto.randomUUID();
  const signal = new AbortController().signal;
  expect(await cancelPrompt({ http, id, times, signal })).toEqual({ at: 'nowhere' });
});

test('what is installed is read: nodes, and lists of models', async () => {
  const http = comfyHttp(url);
  expect(Object.keys(await http.objectInfo())).toEqual(
    expect.arrayContaining(['KSampler', 'EmptyImage', 'SaveImage']),
  );
  expect(await http.models('checkpoints')).toEqual(expect.any(Array));
  expect(await http.models('no-such-folder')).toBeNull();
  expect(await http.maxUploadBytes()).toBeGreaterThan(2 ** 20);
});
