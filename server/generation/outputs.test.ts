import { beforeAll, expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { change, generate, listed, pageOf, trainedCharacter } from '#tests/gallery.ts';
import { startServer } from '#tests/server.ts';

const api = await startServer({ worker: true });

let mara: { character: Data; lora: Data };
let foxes: { id: string; outputIds: string[] };
let portraits: { id: string; outputIds: string[] };
let between: Date;

const newestFirst = (...batches: string[][]) => batches.flat().sort().reverse();

beforeAll(async () => {
  mara = await trainedCharacter(api, 'Mara');
  foxes = await generate(api, { prompt: 'A red FOX, 100% real', count: 3 });
  between = new Date();
  const loras = [{ loraId: mara.lora.id, strength: 1 }];
  portraits = await generate(api, { prompt: 'a portrait at dusk', count: 4, loras });
});

test('the gallery has everything, the newest first, in pages both ways', async () => {
  const all = newestFirst(foxes.outputIds, portraits.outputIds);
  expect(await listed(api)).toEqual(all);
  const first = await pageOf(api, { first: 3 });
  const second = await pageOf(api, { first: 3, after: first.pageInfo.endCursor });
  expect(second.edges.map(({ node }: Data) => node.id)).toEqual(all.slice(3, 6));
  const back = await pageOf(api, { last: 3, before: second.pageInfo.startCursor });
  expect(back.edges).toEqual(first.edges);
});

test('each filter takes what it says, and together they take what all say', async () => {
  const { character, lora } = mara;
  const ofMara = newestFirst(portraits.outputIds);
  const ofFoxes = newestFirst(foxes.outputIds);
  expect(await listed(api, { characterId: character.id })).toEqual(ofMara);
  expect(await listed(api, { loraId: lora.id })).toEqual(ofMara);
  expect(await listed(api, { generationId: foxes.id })).toEqual(ofFoxes);
  expect(await listed(api, { search: ' red fox, 100% ' })).toEqual(ofFoxes);
  expect(await listed(api, { search: 'fox_' })).toEqual([]);
  expect(await listed(api, { from: between })).toEqual(ofMara);
  expect(await listed(api, { to: between })).toEqual(ofFoxes);
  expect(
    await listed(api, { characterId: character.id, loraId: lora.id, search: 'DUSK', from: between }),
  ).toEqual(ofMara);
  expect(await listed(api, { characterId: character.id, search: 'fox' })).toEqual([]);
  for (const nobody of ['', 'nonsense', foxes.id])
    for (const filter of ['characterId', 'loraId'])
      expect(await listed(api, { [filter]: nobody })).toEqual([]);
});

test('favourites are marked and unmarked, many at once', async () => {
  const ids = [
    portraits.outputIds[2],
    foxes.outputIds[0],
    portraits.outputIds[2],
    mara.character.id,
    'nonsense',
  ];
  const marked = await change(
    api,
    'setFavourite',
    { outputIds: ids, isFavourite: true },
    'outputs { id isFavourite }',
  );
  expect(marked.outputs).toEqual(ids.slice(0, 2).map((id) => ({ id, isFavourite: true })));
  expect(await listed(api, { isFavourite: true })).toEqual([ids[0], ids[1]]);
  expect(await listed(api, { isFavourite: false })).toHaveLength(5);
  expect(await listed(api, { isFavourite: true, characterId: mara.character.id })).toEqual([ids[0]]);
  await change(api, 'setFavourite', { outputIds: [ids[0]], isFavourite: false }, 'outputs { id }');
  expect(await listed(api, { isFavourite: true })).toEqual([ids[1]]);

  const tooMany = Array.from({ length: 501 }, () => foxes.outputIds[0]);
  for (const [name, input] of [
    ['setFavourite', { outputIds: tooMany, isFavourite: true }],
    ['deleteOutputs', { outputIds: tooMany }],
    ['restoreOutputs', { outputIds: tooMany }],
    ['createArchive', { outputIds: tooMany }],
  ] as const)
    expect(await change(api, name, input, '__typename')).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'ids: It may have at most 500 ids; it has 501.',
    });
});

const NEIGHBOURS = `query ($id: ID!, $search: String) { output(id: $id) {
  newer(search: $search) { id } older(search: $search) { id } } }`;

test('an image knows its neighbours within a filter', async () => {
  const [newest, , , oldest] = newestFirst(portraits.outputIds);
  const [newestFox] = newestFirst(foxes.outputIds);
  const neighbours = async (id: string | undefined, search?: string) =>
    (await api.graphql(NEIGHBOURS, { id, search })).output;
  expect(await neighbours(newest)).toEqual({ newer: null, older: { id: expect.any(String) } });
  expect(await neighbours(oldest)).toMatchObject({ older: { id: newestFox } });
  expect(await neighbours(oldest, 'portrait')).toMatchObject({ older: null });
  expect(await neighbours(oldest, 'fox')).toEqual({ newer: null, older: { id: newestFox } });
});

test('months are counted, and lead to their images', async () => {
  const MONTHS =
    'query ($search: String, $inTrash: Boolean) { outputMonths(search: $search, inTrash: $inTrash) { month count after } }';
  const { outputMonths: all } = await api.graphql(MONTHS);
  const month = new Date().toISOString().slice(0, 7);
  expect(all).toEqual([{ month, count: 7, after: expect.any(String) }]);
  expect(await listed(api, { after: all[0].after })).toEqual(await listed(api));
  expect((await api.graphql(MONTHS, { search: 'fox' })).outputMonths).toMatchObject([{ count: 3 }]);
  expect((await api.graphql(MONTHS, { inTrash: true })).outputMonths).toEqual([]);
});

test('an image leads to the photos that it comes from, and each of them back to it', async () => {
  const FORTH = `query ($id: ID!) { output(id: $id) { generation { loras { lora { training { id dataset {
    imageCount photos(first: 2) { edges { node { position caption image { id } } } pageInfo { hasNextPage endCursor } } } } } } } } }`;
  const { output } = await api.graphql(FORTH, { id: portraits.outputIds[0] });
  const { training } = output.generation.loras[0].lora;
  const { photos, imageCount } = training.dataset;
  expect(imageCount).toBe(3);
  expect(photos.pageInfo.hasNextPage).toBe(true);
  expect(photos.edges.map(({ node }: Data) => node.position)).toEqual([1, 2]);
  const photo = photos.edges[0].node.image;

  const BACK = `query ($id: ID!) { image(id: $id) { trainings { edges { node { id lora { outputs { edges { node { id } } } } } } } } }`;
  const { image } = await api.graphql(BACK, { id: photo.id });
  expect(image.trainings.edges.map(({ node }: Data) => node.id)).toEqual([training.id]);
  const { edges } = image.trainings.edges[0].node.lora.outputs;
  expect(edges.map(({ node }: Data) => node.id)).toEqual(newestFirst(portraits.outputIds));

  const DELETE = `mutation ($input: DeleteImagesInput!) { deleteImages(input: $input) { __typename } }`;
  await api.graphql(DELETE, { input: { ids: [photo.id] } });
  const after = (await api.graphql(FORTH, { id: portraits.outputIds[0] })).output.generation.loras[0].lora
    .training;
  expect(after.dataset.imageCount).toBe(3);
  expect(after.dataset.photos.edges[0].node.image).toBeNull();
});
