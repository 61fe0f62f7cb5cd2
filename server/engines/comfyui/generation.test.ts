import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { until } from '#tests/until.ts';
import { closeAll, engineOf, generate, generationRun, standIn, stepping } from './runs/testing.ts';

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
