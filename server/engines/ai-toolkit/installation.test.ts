import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { pathWithGpu } from '#tests/gpu.ts';
import { trainingEngine } from '../engine.ts';
import { trainingCapabilities } from './capabilities.ts';
import { freeComfyuiMemory } from './free-memory.ts';
import { removeFolders, settingsFor, standIn } from './testing.ts';
import { createAiToolkit } from './training.ts';

afterAll(removeFolders);

test('its health is one sentence: version, Python, GPU', async () => {
  const installed = await standIn();
  await using gpu = await pathWithGpu('NVIDIA GeForce RTX 4090');
  const healthWith = (more: Parameters<typeof settingsFor>[1]) =>
    createAiToolkit(settingsFor(installed, { environment: { PATH: '/bin:/usr/bin' }, ...more })).health();
  expect(await healthWith({ environment: { PATH: gpu.path } })).toEqual({
    isHealthy: true,
    message: 'AI-Toolkit 0.12.26 is ready with Python 3.12.3 and NVIDIA GeForce RTX 4090.',
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
  expect(parameters.find(({ name }) => name === 'steps')).toMatchObject({ minimum: 100, maximum: 20_000 });
});

test('ComfyUI on this machine is asked to free its memory; another is not, and one that is gone is no failure', async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(`${request.method} ${request.url} ${(await request.toArray()).join('')}`);
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const signal = new AbortController().signal;
  const urls = [`http://127.0.0.1:${port}`, 'http://127.0.0.1:1', 'http://comfy.example.com:8188'];
  const messages = await freeComfyuiMemory(urls, signal);
  expect(bodies).toEqual(['POST /free {"unload_models":true,"free_memory":true}']);
  expect(messages).toEqual([
    expect.stringContaining('was asked to free'),
    expect.stringContaining('does not answer'),
  ]);
  server.close();
});
  // An alpha that would do nothing is said, so that it can be refused.
  const lacking = baseModels.filter(({ lacks }) => lacks.some(({ parameter }) => parameter === 'alpha'));
  expect(lacking.map(({ family }) => family)).toEqual(['flux.1', 'flux.1', 'qwen-image', 'z-image']);
