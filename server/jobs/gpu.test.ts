import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readGpu } from './gpu.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gpu-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program of this name that prints two cards, in the way of the real one. */
async function installSmi(lines: string) {
  await writeFile(join(folder, 'nvidia-smi'), `#!/bin/sh\ncat <<'END'\n${lines}\nEND\n`);
  await chmod(join(folder, 'nvidia-smi'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
}

const TWO = `GPU-4f3a, NVIDIA GeForce RTX 4090, 24564
GPU-9c1b, NVIDIA GB10, [N/A]`;

test.each([
  ['', { uuid: 'GPU-4f3a', name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24_564 * 2 ** 20 }],
  ['1', { uuid: 'GPU-9c1b', name: 'NVIDIA GB10', memoryBytes: null }],
  ['GPU-9c', { uuid: 'GPU-9c1b', name: 'NVIDIA GB10', memoryBytes: null }],
  ['7', null],
])('CUDA_VISIBLE_DEVICES=%s says which GPU it is', async (devices, gpu) => {
  await installSmi(TWO);
  vi.stubEnv('CUDA_VISIBLE_DEVICES', devices);
  expect(await readGpu()).toEqual(gpu);
});

test('a machine without a driver has none', async () => {
  vi.stubEnv('PATH', folder);
  await rm(join(folder, 'nvidia-smi'), { force: true });
  expect(await readGpu()).toBeNull();
});
