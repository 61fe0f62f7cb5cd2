import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { writeSafetensors } from '../../storage/safetensors.ts';
import { EngineFailure } from '../failure.ts';
import { fastTestGeneration } from './generation.ts';
import {
  fingerprint,
  folder,
  generate,
  generationRun,
  photosOf,
  removeFolders,
  trainedLora,
} from './testing.ts';

let one = { path: '', strength: 0.8, triggerWord: 'sks' };
let other = one;

beforeAll(async () => {
  vi.stubEnv('FAST_TEST_STEP_MS', '0');
  one = { ...one, path: await trainedLora(await photosOf()) };
  other = { ...one, path: await trainedLora(await photosOf('other')) };
});
beforeEach(() => void vi.stubEnv('FAST_TEST_STEP_MS', '0'));
afterEach(() => void vi.unstubAllEnvs());
afterAll(removeFolders);

const imagesOf = async (change: Parameters<typeof generate>[0]) =>
  fingerprint((await generate(change)).run.workDir);
const failureOf = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: unknown) => (error instanceof EngineFailure ? error : Promise.reject(error)),
  );
async function pixelsOf(path: string) {
  const { data } = await sharp(path).resize(32, 32).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return [...data];
}
const distance = (a: number[], b: number[]) =>
  a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length;

test('another LoRA, seed, prompt or strength gives another picture; the same gives the same', async () => {
  const pictures = await Promise.all([
    ...[imagesOf({ loras: [one] }), imagesOf({ loras: [other] }), imagesOf({ loras: [one, other] })],
    ...[imagesOf({ loras: [{ ...one, strength: 0.3 }] }), imagesOf({ loras: [one], config: { seed: 8 } })],
    ...[
      imagesOf({ loras: [one], config: { prompt: 'sks in snow' } }),
      imagesOf({}),
      imagesOf({ loras: [one] }),
    ],
  ]);
  expect(new Set(pictures).size).toBe(pictures.length - 1);
  expect(pictures.at(-1)).toBe(pictures[0]);
});

test('a picture looks like the photos of its own LoRA, not of another', async () => {
  const photos = async (which: 'one' | 'other') =>
    Promise.all(
      (await photosOf(which)).map(async ({ path }) => {
        const { data } = await sharp(path)
          .rotate()
          .resize(32, 32)
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        return [...data];
      }),
    );
  const [own, foreign] = await Promise.all([photos('one'), photos('other')]);
  const { images } = await generate({
    config: { steps: 20, prompt: 'sks' },
    loras: [{ ...one, strength: 1 }],
  });
  const picture = await pixelsOf(images[0]?.path ?? '');
  const nearest = (set: number[][]) => Math.min(...set.map((photo) => distance(photo, picture)));
  expect(nearest(own)).toBeLessThan(0.5 * nearest(foreign));
});

test('words of a caption pull towards its photo', async () => {
  const [, snow, , sofa] = await photosOf();
  const closeness = async (prompt: string, photo: string) => {
    const { images } = await generate({
      config: { prompt, count: 6, steps: 12 },
      loras: [{ ...one, strength: 1 }],
    });
    const target = await sharp(photo).rotate().resize(32, 32).removeAlpha().raw().toBuffer();
    const distances = await Promise.all(
      images.map(async ({ path }) => distance([...target], await pixelsOf(path))),
    );
    return distances.reduce((sum, value) => sum + value, 0);
  };
  for (const [photo, ownWords, otherWords] of [
    [snow?.path ?? '', 'sks in snow', 'sks asleep on a red sofa'] as const,
    [sofa?.path ?? '', 'sks asleep on a red sofa', 'sks in snow'] as const,
  ]) {
    expect(await closeness(ownWords, photo)).toBeLessThan(await closeness(otherWords, photo));
  }
});

test('only the missing images are made, each with its own seed, in the asked size', async () => {
  const { images, events } = await generate({
    ...{ config: { count: 4, width: 512, height: 320 }, indexes: [1, 3], loras: [one] },
    toggles: { upscale: { factor: 2 } },
  });
  expect(images.map(({ index, seed }) => [index, seed])).toEqual([
    [1, 8],
    [3, 10],
  ]);
  expect(await sharp(images[0]?.path).metadata()).toMatchObject({ format: 'png', width: 1024, height: 640 });
  const steps = events.flatMap((event) => (event.type === 'step' ? [[event.index, event.step]] : []));
  expect(steps).toEqual([1, 3].flatMap((index) => [1, 2, 3, 4, 5, 6].map((step) => [index, step])));
  const preview = events.find(({ type }) => type === 'preview');
  expect(preview?.type === 'preview' && (await sharp(preview.image).metadata()).format).toBe('webp');
});

test('image i of a batch is the image that its seed gives alone', async () => {
  const [batch, alone] = await Promise.all([
    generate({ loras: [one], config: { count: 3 } }),
    generate({ loras: [one], config: { seed: 9 } }),
  ]);
  expect(await pixelsOf(batch.images[2]?.path ?? '')).toEqual(await pixelsOf(alone.images[0]?.path ?? ''));
});

test('each image has its own text, seed and LoRAs', async () => {
  const run = await generationRun({ config: { count: 3 } });
  const lora = (which: typeof one, strength: number) => ({ ...which, sha256: '0'.repeat(64), strength });
  const images = [
    { index: 0, prompt: 'sks in snow', negativePrompt: '', seed: 3, loras: [lora(one, 0.8)] },
    { index: 1, prompt: 'sks', negativePrompt: 'snow', seed: 9, loras: [lora(other, 1), lora(one, 0.2)] },
    { index: 2, prompt: 'sks', negativePrompt: '', seed: 9, loras: [] },
  ];
  const paths: string[] = [];
  for await (const event of fastTestGeneration.run({ ...run, images }, new AbortController().signal))
    if (event.type === 'image') paths.push(event.path);
  const alone = await Promise.all(
    images.map(async ({ prompt, negativePrompt, seed, loras }) => {
      const made = await generate({ config: { prompt, negativePrompt, seed }, loras });
      return pixelsOf(made.images[0]?.path ?? '');
    }),
  );
  expect(await Promise.all(paths.map(pixelsOf))).toEqual(alone);
});

test('a LoRA that is broken, foreign or missing is refused by name', async () => {
  const path = await folder();
  await writeFile(join(path, 'broken.safetensors'), 'not a safetensors file');
  const values = new Float32Array(4);
  const tensors = { 'x.lora_A.weight': { dtype: 'F32' as const, shape: [2, 2], values } };
  await writeSafetensors(join(path, 'foreign.safetensors'), tensors, {
    'modelspec.architecture': 'flux-1-dev/lora',
  });
  for (const name of ['broken', 'foreign', 'missing']) {
    const file = join(path, `${name}.safetensors`);
    const failure = await failureOf(generate({ loras: [one, { ...one, path: file }] }));
    expect(failure).toMatchObject({
      code: 'INVALID_LORA',
      message: expect.stringContaining(file),
      canRetry: false,
    });
  }
});

test('an abort ends it without another step or image', async () => {
  vi.stubEnv('FAST_TEST_STEP_MS', '40');
  const abort = new AbortController();
  const run = await generationRun({ loras: [one], config: { count: 16, steps: 50 } });
  for await (const event of fastTestGeneration.run(run, abort.signal)) {
    expect(abort.signal.aborted && event.type !== 'log').toBe(false);
    if (event.type === 'step' && event.step === 10) abort.abort();
  }
  expect(abort.signal.aborted).toBe(true);
});

test('it fails on demand, with a name and advice', async () => {
  const fail = async (fault: string) => {
    vi.stubEnv('FAST_TEST_FAULT', fault);
    return failureOf(generate({ loras: [one], config: { count: 4 } }));
  };
  expect(await fail('out-of-memory@8')).toMatchObject({ code: 'OUT_OF_MEMORY', advice: expect.any(String) });
  expect(await fail('crash@8')).toMatchObject({ code: 'ENGINE_CRASHED', canRetry: true });
  expect(await fail('lose-output')).toMatchObject({ code: 'OUTPUT_MISSING' });
});

test('a reference that is no picture is the reason given', async () => {
  const reference = join(await folder(), 'none.png');
  const failure = await failureOf(generate({ toggles: { ipAdapter: { reference, weight: 1 } } }));
  expect(failure).toMatchObject({ code: 'INVALID_REFERENCE' });
});
