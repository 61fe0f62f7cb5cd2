import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { readSafetensorsHeader } from '../../storage/safetensors.ts';
import { folder, range, removeFolders, stepsOf, train, trainingRun } from './testing.ts';

afterAll(removeFolders);

test('a training from its first step to its LoRA', async () => {
  const run = await trainingRun({ samplePrompts: ['sks', 'sks in snow'], sampleEvery: 50 });
  const events = await train(run);
  expect(stepsOf(events)).toEqual(range(1, 120));
  console.log(events.filter((e) => e.type !== 'step'));
  const checkpoints = events.filter((event) => event.type === 'checkpoint');
  expect(checkpoints.map(({ step }) => step)).toEqual([50, 100]);
  const samples = events.filter((event) => event.type === 'sample');
  expect(samples.map(({ step, promptIndex, seed }) => [step, promptIndex, seed])).toEqual([
    [50, 0, 42],
    [50, 1, 43],
    [100, 0, 42],
    [100, 1, 43],
    [120, 0, 42],
    [120, 1, 43],
  ]);
  for (const { path } of samples)
    expect(await sharp(path).metadata()).toMatchObject({ format: 'png', width: 512, height: 512 });
  const finished = events.at(-1);
  if (finished?.type !== 'finished') throw new Error('It did not finish.');
  const { metadata } = await readSafetensorsHeader(finished.path);
  expect(JSON.parse(metadata.get('training_info') ?? '')).toMatchObject({ step: 120 });
});
