import { expect, test, vi } from 'vitest';
import { pathWithGpu } from '#tests/gpu.ts';
import { readGpu } from './gpu.ts';

const TWO = `GPU-4f3a, NVIDIA GeForce RTX 4090, 24564
GPU-9c1b, NVIDIA GB10, [N/A]`;

test.each([
  ['', { uuid: 'GPU-4f3a', name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24_564 * 2 ** 20 }],
  ['1', { uuid: 'GPU-9c1b', name: 'NVIDIA GB10', memoryBytes: null }],
  ['GPU-9c', { uuid: 'GPU-9c1b', name: 'NVIDIA GB10', memoryBytes: null }],
  ['7', null],
])('CUDA_VISIBLE_DEVICES=%s says which GPU it is', async (devices, gpu) => {
  await using gpus = await pathWithGpu(TWO);
  vi.stubEnv('PATH', gpus.path);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', devices);
  expect(await readGpu()).toEqual(gpu);
});

test('a machine without a driver has none', async () => {
  vi.stubEnv('PATH', '/nowhere');
  expect(await readGpu()).toBeNull();
});
