import { expect, test, vi } from 'vitest';
import { loraBytes, SOME_LAYERS, shapesOf, uploadLora } from '#tests/loras.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter } from '#tests/steps.ts';
import { filesBelow } from '#tests/uploads.ts';
import { env } from '../env.ts';
import { allDone, madeStudio, someWorker } from './testing.ts';
import { look } from './walk.ts';

vi.hoisted(() => {
  process.env.MAX_UPLOADED_GB = '2';
});

const api = await startServer();
const STORAGE = `{
  storage {
    path freeBytes totalBytes
    uses { kind files bytes }
    characters { character { name } bytes }
    quotas { quota used limit }
  }
}`;

/** What lies below a folder, in files and bytes. */
async function onDisk(folder: string, pattern = /./) {
  const names = (await filesBelow(`${env.VOLUME_ROOT}/${folder}`)).filter((name) => pattern.test(name));
  const sizes = await Promise.all(names.map((name) => look(`${folder}/${name}`)));
  return { files: names.length, bytes: sizes.reduce((sum, file) => sum + (file?.bytes ?? 0), 0) };
}

test('says what lies on the volume as it lies there, by kinds and by characters, and what more there may be', async () => {
  const empty = (await api.graphql(STORAGE)).storage;
  expect(empty.path).toBe(env.VOLUME_ROOT);
  expect(empty.freeBytes).toBeGreaterThan(0);
  expect(empty.totalBytes).toBeGreaterThanOrEqual(empty.freeBytes);
  expect(empty.uses.every((use: { files: number; bytes: number }) => use.files + use.bytes === 0)).toBe(true);
  expect(empty.characters).toEqual([]);

  await using _worker = await someWorker();
  const { character } = await madeStudio(api);
  await createCharacter(api);
  await uploadLora(api, await loraBytes(shapesOf('peft', SOME_LAYERS)), { baseModel: 'fast-test' });
  await allDone();

  const { storage } = await api.graphql(STORAGE);
  const photos = await onDisk('uploads');
  const uploaded = await onDisk('loras', /^uploaded\/.*\.safetensors$/);
  const trained = await onDisk('loras', /\/v1\.safetensors$/);
  const checkpoints = await onDisk('loras', /checkpoints/);
  const samples = await onDisk('loras', /samples/);
  const outputs = await onDisk('outputs');
  expect(storage.uses).toEqual([
    { kind: 'PHOTOS', ...photos },
    { kind: 'REFERENCES', files: 0, bytes: 0 },
    { kind: 'TRAINED_LORAS', ...trained },
    { kind: 'UPLOADED_LORAS', ...uploaded },
    { kind: 'CHECKPOINTS', ...checkpoints },
    { kind: 'SAMPLES', ...samples },
    { kind: 'OUTPUTS', ...outputs },
  ]);
  expect(uploaded.files).toBe(1);
  const own = [photos, trained, checkpoints, samples, outputs];
  expect(storage.characters).toEqual([
    { character: { name: character.name }, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) },
  ]);
  expect(storage.quotas).toEqual([
    { quota: 'OPEN_JOBS', used: 0, limit: 20_000 },
    { quota: 'UPLOADED_GB', used: (photos.bytes + uploaded.bytes) / 2 ** 30, limit: 2 },
  ]);
});
