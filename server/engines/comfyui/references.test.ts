import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { realPhotos } from '#tests/pictures.ts';
import { EngineFailure } from '../failure.ts';
import type { Graphs } from './graphs.ts';
import { closeAll, engineOf, folder, generate, generationRun, modelFree, standIn } from './runs/testing.ts';

afterAll(closeAll);

test('references go to ComfyUI upright, fitted, without metadata, named by what is in them, and once', async () => {
  const path = join(await folder(), 'photo.jpg');
  const [real] = await realPhotos();
  // Stored turned, and with more than the picture.
  const exif = { IFD0: { Make: 'Somebody', Orientation: '6' } };
  await writeFile(path, await sharp(real?.bytes).resize(400, 300).withExif(exif).jpeg().toBuffer());
  const mask = join(await folder(), 'mask.jpg');
  await writeFile(mask, real?.bytes ?? '');
  const comfyui = await standIn();
  const toggles: unknown[] = [];
  const graphs: Graphs = {
    ...modelFree,
    build(request, installed) {
      toggles.push(request.toggles);
      return modelFree.build(request, installed);
    },
  };
  const run = await generationRun({
    config: { count: 2 },
    toggles: {
      initImage: { reference: path, mask, denoise: 0.5 },
      ipAdapter: { reference: path, weight: 1 },
    },
  });
  await generate(engineOf([comfyui.url], { graphs }), run);
  const uploads = [...comfyui.files].filter(([key]) => key.startsWith('input/'));
  expect(uploads.map(([key]) => key)).toEqual(
    Array.from({ length: 2 }, () => expect.stringMatching(/^input\/isengard\/[0-9a-f]{64}\.png$/)),
  );
  expect(comfyui.calls.filter(({ path }) => path === '/upload/image')).toHaveLength(2);
  for (const [, bytes] of uploads) {
    const metadata = await sharp(bytes).metadata();
    expect(metadata).toMatchObject({ format: 'png', width: 128, height: 96 });
    expect([metadata.exif, metadata.orientation, metadata.icc]).toEqual([undefined, undefined, undefined]);
  }
  const names = uploads.map(([key]) => key.slice('input/'.length));
  expect(toggles).toEqual(
    Array.from({ length: 2 }, () =>
      expect.objectContaining({
        initImage: { reference: names[0], mask: names[1], denoise: 0.5 },
        ipAdapter: { reference: names[0], weight: 1 },
      }),
    ),
  );
  expect((await sharp(uploads[1]?.[1]).metadata()).channels).toBe(1);
});

test('a reference that is no picture is the reason given, and never reaches ComfyUI', async () => {
  const reference = join(await folder(), 'no-picture.png');
  await writeFile(reference, 'no picture');
  const comfyui = await standIn();
  const run = await generationRun({ toggles: { ipAdapter: { reference, weight: 1 } } });
  const failure = await generate(engineOf([comfyui.url]), run).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(EngineFailure);
  expect(failure).toMatchObject({ code: 'INVALID_REFERENCE' });
  expect(comfyui.files.size).toBe(0);
});
