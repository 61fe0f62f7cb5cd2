import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import type { GenerationEvent, GenerationRun } from '#server/engines/engine.ts';
import { plainColour } from '../docs/examples/plain-colour.ts';

const FILE = new URL('../docs/examples/plain-colour.ts', import.meta.url);

async function eventsOf(change: { prompt?: string }, signal = new AbortController().signal) {
  const workDir = await mkdtemp(join(tmpdir(), 'plain-'));
  onTestFinished(() => rm(workDir, { recursive: true }));
  const config: GenerationRun['config'] = {
    ...{ baseModel: 'plain', width: 256, height: 320, steps: 3 },
    ...{ guidanceScale: 1, sampler: 'euler', scheduler: 'simple' },
  };
  const toggles = { initImage: null, controlNet: null, ipAdapter: null, faceDetailer: null, upscale: null };
  const texts = { prompt: 'a red sofa', negativePrompt: '', ...change };
  const image = (index: number) => ({ index, ...texts, seed: 7 + index, loras: [] });
  const run: GenerationRun = { jobId: 'job', config, toggles, images: [image(0), image(1)], workDir };
  const events: GenerationEvent[] = [];
  const colours: number[][] = [];
  for await (const event of plainColour.run(run, signal)) {
    events.push(event);
    if (event.type === 'image') colours.push([...(await sharp(event.path).raw().toBuffer()).subarray(0, 3)]);
  }
  return { events, colours };
}

test('the engine of the documentation keeps to the interface, in fewer than 100 lines', async () => {
  const { events, colours } = await eventsOf({});
  expect(events.filter(({ type }) => type === 'image')).toMatchObject([
    { index: 0, seed: 7 },
    { index: 1, seed: 8 },
  ]);
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(6);
  expect(new Set(colours.map(String)).size).toBe(2);
  expect((await eventsOf({})).colours).toEqual(colours);
  expect((await eventsOf({ prompt: 'a blue sofa' })).colours).not.toEqual(colours);
  expect((await eventsOf({}, AbortSignal.abort())).colours).toEqual([]);
  expect((await readFile(FILE, 'utf8')).split('\n').length).toBeLessThan(100);
});
