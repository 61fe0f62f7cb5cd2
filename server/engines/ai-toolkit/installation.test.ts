import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pathWithGpu } from '#tests/gpu.ts';
import { until } from '#tests/until.ts';
import { trainingEngine } from '../engine.ts';
import { trainingCapabilities } from './capabilities.ts';
import { freeComfyuiMemory } from './free-memory.ts';
import { healthOf } from './installation.ts';
import { folder, removeFolders, settingsFor, standIn } from './testing.ts';
import { createAiToolkit } from './training.ts';

afterAll(removeFolders);

test('its health is one sentence: version, Python, GPU', async () => {
  const installed = await standIn();
  await using gpu = await pathWithGpu('GPU-4f3a, NVIDIA GeForce RTX 4090\nGPU-9c1b, NVIDIA A100');
  const healthWith = (more: Parameters<typeof settingsFor>[1]) =>
    createAiToolkit(settingsFor(installed, { environment: { PATH: '/bin:/usr/bin' }, ...more })).health();
  expect(await healthWith({ environment: { PATH: gpu.path } })).toEqual({
    isHealthy: true,
    message: 'AI-Toolkit 0.12.26 is ready with Python 3.12.3 and NVIDIA GeForce RTX 4090.',
  });
  // Of several GPUs, that which trainings get.
  expect(await healthWith({ environment: { PATH: gpu.path, CUDA_VISIBLE_DEVICES: '1,2' } })).toMatchObject({
    message: expect.stringContaining('and NVIDIA A100.'),
  });
  expect(await healthWith({})).toEqual({ isHealthy: true, message: expect.stringContaining('shows no GPU') });
  expect(await healthWith({ python: '/nowhere' })).toMatchObject({ isHealthy: false });
  expect(await healthWith({ dir: null })).toEqual({
    isHealthy: false,
    message: 'AI-Toolkit is not installed here. AI_TOOLKIT_DIR is not set.',
  });
});

test('health is looked at once a minute, however often it is asked for', async () => {
  const installed = await standIn();
  const { health } = createAiToolkit(settingsFor(installed));
  await health();
  await rm(installed.dir, { recursive: true });
  expect(await health()).toMatchObject({ isHealthy: true });
});

test('while a new look takes its time, health is what it was', async () => {
  const installed = await standIn();
  const python = join(await folder(), 'python');
  const write = (script: string) => writeFile(python, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await write('echo Python 3.12.3');
  const health = healthOf(settingsFor(installed, { python }), 0);
  const before = await health();
  expect(before).toMatchObject({ isHealthy: true });
  await write('sleep 8; exit 1');
  // Who reports it waits four seconds.
  const begun = performance.now();
  expect(await health()).toEqual(before);
  expect(performance.now() - begun).toBeLessThan(4000);
  await until(async () => !(await health()).isHealthy, 'the new look is over', { seconds: 30 });
});

test('capabilities are there where nothing is installed, and for the mode that is', async () => {
  const engine = await trainingEngine('ai-toolkit');
  const { baseModels, parameters } = await engine.capabilities();
  expect(baseModels.slice(0, 4).map(({ id, family }) => [id, family])).toEqual([
    ...[
      ['flux.1-dev', 'flux.1'],
      ['flux.1-schnell', 'flux.1'],
      ['sdxl', 'sdxl'],
      ['sd1.5', 'sd1.5'],
    ],
  ]);
  expect(parameters).toBe(trainingCapabilities.parameters);
  // An alpha that would do nothing is said, so that it can be refused.
  const lacking = baseModels.filter(({ lacks }) => lacks.some(({ parameter }) => parameter === 'alpha'));
  expect(lacking.map(({ family }) => family)).toEqual(['flux.1', 'flux.1', 'qwen-image', 'z-image']);
  expect(parameters.find(({ name }) => name === 'steps')).toMatchObject({ minimum: 100, maximum: 20_000 });
});

test('ComfyUI on this machine is asked to free its memory; another is not, and one that is gone is no failure', async () => {
  const asked: string[] = [];
  // It lets go a while after it has answered.
  const held = [20e9, 20e9, 1e8];
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${(await request.toArray()).join('')}`.trim());
    const [first = 0] = request.url === '/system_stats' ? held.splice(0, 1) : [];
    response.end(JSON.stringify({ devices: [{ type: 'cuda', torch_vram_total: first }] }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const signal = new AbortController().signal;
  const urls = [`http://127.0.0.1:${port}`, 'http://127.0.0.1:1', 'http://comfy.example.com:8188'];
  const messages = await freeComfyuiMemory(urls, signal);
  expect(asked).toEqual([
    'POST /free {"unload_models":true,"free_memory":true}',
    ...Array(3).fill('GET /system_stats'),
  ]);
  expect(messages).toEqual([
    expect.stringMatching(/was asked to free its memory\.$/),
    expect.stringContaining('does not answer'),
  ]);
  server.close();
});

test('one that does not let go, or cannot say, keeps no training waiting for long', async () => {
  const free = async (stats: string) => {
    const server = createServer((_, response) => response.end(stats)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const messages = await freeComfyuiMemory([`http://127.0.0.1:${port}`], new AbortController().signal);
    server.close();
    return messages.join();
  };
  const held = JSON.stringify({ devices: [{ type: 'cuda', torch_vram_total: 20e9 }] });
  expect(await free(held)).toContain('still holds');
  expect(await free('no JSON')).toContain('was asked to free its memory.');
});
