import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { loraBytes, SOME_LAYERS, shapesOf, uploadLora } from '#tests/loras.ts';
import { drawPhoto, realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { filesBelow } from '#tests/uploads.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { lockFile } from '../storage/file-lock.ts';
import { sweepOrphans } from './orphans.ts';
import {
  age,
  ageAll,
  allDone,
  checkedBy,
  madeStudio,
  putFile,
  runTask,
  someWorker,
  uploadReference,
} from './testing.ts';

const api = await startServer();

const volume = env.VOLUME_ROOT;
const today = new Date().toISOString().slice(0, 10);
const QUARANTINE = `cache/quarantine/${today}`;
const DELETE = `mutation ($ids: [ID!]!) { deleteImages(input: { ids: $ids }) { __typename } }`;
const SHA = 'a'.repeat(64);

test('what no row names goes to quarantine when it is old, and nothing else does', async () => {
  await using _worker = await someWorker();
  const { character, training, generation } = await madeStudio(api);
  const [first] = await uploadImages(api, character.id, (await realPhotos()).slice(2, 3));
  await uploadLora(api, await loraBytes(shapesOf('peft', SOME_LAYERS)), { baseModel: 'fast-test' });
  await allDone();
  const named = (await filesBelow(volume)).filter((key) => !key.startsWith('logs/'));
  expect(named.length).toBeGreaterThan(15);
  await ageAll(volume, 25);

  const ofTraining = `loras/${character.id}/trainings/${training.id}`;
  const orphans = [
    `uploads/${character.id}/${SHA}.jpg`,
    `uploads/${first.image.id}/${SHA}.png`,
    `uploads/references/${SHA}.png`,
    `loras/${character.id}/v7.safetensors`,
    `loras/${character.id}/v7.json`,
    `loras/uploaded/${first.image.id}.safetensors`,
    `loras/uploaded/${first.image.id}.json`,
    `${ofTraining}/checkpoints/15.safetensors`,
    `${ofTraining}/samples/10-1.png`,
    `outputs/${generation.id}/1.png`,
    `outputs/${character.id}/0.png`,
    `cache/previews/${generation.id}/0`,
    `cache/thumbnails/aa/${SHA}-256.webp`,
    'datasets/left by somebody.txt',
    'characters/ünïcode/1.png',
  ];
  for (const key of orphans) await putFile(volume, key, 25);
  const young = `outputs/${generation.id}/2.png`;
  await putFile(volume, young, 23);
  await putFile(volume, 'outputs/.hidden', 25);
  await mkdir(join(volume, 'outputs/empty'));
  await age(volume, 'outputs/empty', 25);

  await runTask('orphans');
  const after = await filesBelow(volume);
  const moved = after
    .filter((key) => key.startsWith(QUARANTINE))
    .map((key) => key.slice(QUARANTINE.length + 1));
  expect(moved).toEqual([...orphans].sort());
  expect(after.filter((key) => !key.startsWith('cache/quarantine/'))).toEqual(
    [...named, young, 'outputs/.hidden'].sort(),
  );
  await expect(rm(join(volume, 'outputs/empty'))).rejects.toThrow('ENOENT');

  // The same name again is no reason to lose the first, and after 30 days all of it goes.
  await putFile(volume, `outputs/${generation.id}/1.png`, 25);
  const long = new Date(Date.now() - 31 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await putFile(volume, `cache/quarantine/${long}/outputs/x`, 0);
  await putFile(volume, 'cache/tmp/left', 25);
  await runTask('orphans');
  const left = await filesBelow(join(volume, 'cache'));
  expect(left).toContain(`quarantine/${today}/outputs/${generation.id}/1.png~2`);
  expect(left).toContain(`quarantine/${today}/outputs/${generation.id}/1.png`);
  expect(left.filter((key) => key.includes(long) || key.startsWith('tmp/'))).toEqual([]);
});

test('a photo that a training learned from stays, and one that is about to be removed is removed', async () => {
  await using busy = new AsyncDisposableStack();
  busy.use(await someWorker());
  const { character } = await madeStudio(api);
  const IMAGES =
    'query ($id: ID!) { character(id: $id) { images(first: 10) { edges { node { id sha256 } } } } }';
  const imagesOf = async () =>
    (await api.graphql(IMAGES, { id: character.id })).character.images.edges.map(
      ({ node }: { node: { id: string; sha256: string } }) => node,
    );
  const learned = await imagesOf();
  await uploadImages(api, character.id, (await realPhotos()).slice(3, 4));
  const [added] = await imagesOf();
  await api.graphql(DELETE, { ids: learned.map(({ id }: { id: string }) => id) });
  await allDone();
  await busy.disposeAsync();

  await api.graphql(DELETE, { ids: [added.id] });
  await ageAll(join(volume, 'uploads', character.id), 25);
  await sweepOrphans();
  const photos = await filesBelow(join(volume, 'uploads', character.id));
  expect(photos.map((name) => name.slice(0, 64)).sort()).toEqual(
    [...learned, added].map(({ sha256 }) => sha256).sort(),
  );
  await using _next = await someWorker();
  await allDone();
  expect(await filesBelow(join(volume, 'uploads', character.id))).toHaveLength(learned.length);
});

test('what cannot be moved keeps nothing else from being swept', async () => {
  const character = await createCharacter(api);
  // Too long a name for a second one of it, a folder of quarantine in whose place there is a file, and one that somebody locks.
  const long = `datasets/${'x'.repeat(254)}`;
  await putFile(volume, `${QUARANTINE}/${long}`, 0);
  await putFile(volume, `${QUARANTINE}/synthetic`, 0);
  const locked = `uploads/${character.id}/${SHA}.jpg`;
  const stuck = [long, 'synthetic/x', locked];
  for (const key of [...stuck, 'outputs/y', 'cache/tmp/left', 'cache/quarantine/2020-01-01/z'])
    await putFile(volume, key, 25);
  for (const key of ['1/a', '2020-13-45/b']) await putFile(volume, `cache/quarantine/${key}`, 25);

  await db.transaction(async (tx) => {
    await lockFile(tx, locked);
    await sweepOrphans();
  });
  const left = await filesBelow(volume);
  expect(left.filter((key) => stuck.includes(key))).toEqual([...stuck].sort());
  expect(left).toContain(`${QUARANTINE}/outputs/y`);
  expect(left).toEqual(expect.arrayContaining(['cache/quarantine/1/a', 'cache/quarantine/2020-13-45/b']));
  expect(left.filter((key) => key.startsWith('cache/tmp/') || key.endsWith('/z'))).toEqual([]);

  await rm(join(volume, QUARANTINE, long));
  await rm(join(volume, QUARANTINE, 'synthetic'));
  await sweepOrphans();
  expect((await filesBelow(volume)).filter((key) => stuck.includes(key))).toEqual([]);
});

test('a file whose row is about to be written is waited for', async () => {
  const references = () => filesBelow(join(volume, 'uploads/references'));
  const picture = { name: 'pose.jpg', bytes: await drawPhoto({ seed: 99, width: 96, height: 96 }) };
  const { uploading, sweeping } = await db.transaction(async (tx) => {
    // The file can come, but not its row.
    await tx.execute(sql`lock table reference_images in share mode`);
    const before = (await references()).length;
    const uploading = uploadReference(api, picture);
    await until(async () => (await references()).length > before, 'the file is there');
    const sweeping = sweepOrphans({ graceMs: -60_000 });
    await Promise.race([sweeping, until(async () => (await db.execute(WAITING)).length > 0, 'it waits')]);
    return { uploading, sweeping };
  });
  const { url } = await uploading;
  await sweeping;
  expect((await fetch(api.url + url)).status).toBe(200);
});

const WAITING = sql`select from pg_locks where locktype = 'advisory' and not granted
  and database = (select oid from pg_database where datname = current_database())`;

test('sweeping at any moment takes no file from whom is writing it, even without any grace', async () => {
  await using _worker = await someWorker();
  let isOver = false;
  let sweeps = 0;
  const sweeping = (async () => {
    for (; !isOver; sweeps++) await sweepOrphans({ graceMs: -60_000 });
  })();
  const photos = await realPhotos();
  const character = await createCharacter(api);
  for (let round = 0; round < 15; round++) {
    const results = await uploadImages(api, character.id, photos.slice(0, 2));
    const ids = results.map(({ image }) => image?.id).filter(Boolean);
    if (round < 14) await api.graphql(DELETE, { ids });
    const bytes = await drawPhoto({ seed: round, width: 96, height: 96 });
    const reference = { name: 'pose.jpg', bytes };
    await Promise.all([uploadReference(api, reference), uploadReference(api, reference)]);
  }
  const config = { steps: 300, checkpointEvery: 50, sampleEvery: 10, samplePrompts: ['{trigger}'], rank: 4 };
  const training = await startTraining(api, character.id, config);
  const image = { prompt: 'a photo', width: 256, height: 256, steps: 2, count: 4 };
  const generation = await startGeneration(api, image);
  for (const { id } of [training, generation]) {
    const [last] = (await eventsOf(api, id)).slice(-1);
    expect(last).toMatchObject({ state: 'COMPLETED' });
  }
  isOver = true;
  await sweeping;
  expect(sweeps).toBeGreaterThan(5);
  const { found } = await checkedBy(api, { hashes: true });
  expect(found).toEqual([]);
}, 60_000);
