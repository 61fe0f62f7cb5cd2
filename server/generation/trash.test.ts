import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { change, generate, listed, trainedCharacter } from '#tests/gallery.ts';
import { startServer } from '#tests/server.ts';
import { eventsOf, startGeneration } from '#tests/steps.ts';
import { filesBelow } from '#tests/uploads.ts';
import { db } from '../db.ts';
import { env } from '../env.ts';
import { allDone, checkedBy, runTask } from '../maintenance/testing.ts';

const api = await startServer({ worker: true });

let mara: { character: Data; lora: Data };
beforeAll(async () => {
  mara = await trainedCharacter(api, 'Mara');
});

const batch = (count = 3) =>
  generate(api, { prompt: 'a portrait', count, loras: [{ loraId: mara.lora.id, strength: 1 }] });
const trash = (outputIds: (string | undefined)[]) =>
  change(api, 'deleteOutputs', { outputIds }, 'outputs { id deletedAt } bytes keptDays');
const EMPTY = `mutation ($input: EmptyTrashInput!) { emptyTrash(input: $input) {
  __typename ... on EmptyTrashSuccess { purged { count bytes } } ... on UserError { code message } } }`;
const empty = async (input: object = {}) => (await api.graphql(EMPTY, { input })).emptyTrash;
const GENERATION = 'query ($id: ID!) { generation(id: $id) { state removedIndexes outputs { index } } }';
const generationOf = async (id: string) => (await api.graphql(GENERATION, { id })).generation;
const files = async () =>
  (await filesBelow(env.VOLUME_ROOT)).filter((key) => /^(outputs|cache\/thumb)/.test(key));

test('what is in the trash is in no other list, and comes back as it was', async () => {
  const { id, outputIds } = await batch();
  const [first, second, third] = outputIds;
  await change(api, 'setFavourite', { outputIds: [second], isFavourite: true }, '__typename');
  const receipt = await trash([second, first, 'nonsense', second]);
  expect(receipt).toMatchObject({
    outputs: [{ id: second, deletedAt: expect.any(String) }, { id: first }],
    bytes: expect.any(Number),
    keptDays: 30,
  });
  expect(receipt.bytes).toBeGreaterThan(0);
  expect(await trash([first])).toMatchObject({ outputs: [], bytes: 0 });

  for (const filter of [
    {},
    { characterId: mara.character.id },
    { loraId: mara.lora.id },
    { generationId: id },
  ])
    expect(await listed(api, filter)).toEqual([third]);
  expect(await listed(api, { isFavourite: true })).toEqual([]);
  expect(await generationOf(id)).toEqual({
    state: 'COMPLETED',
    removedIndexes: [0, 1],
    outputs: [{ index: 2 }],
  });
  const told = (await eventsOf(api, id)).filter(({ __typename }) => __typename === 'OutputAdded');
  expect(told.map(({ output }) => output?.index ?? null)).toEqual([null, null, 2]);
  const inTrash = await listed(api, { inTrash: true });
  expect(inTrash.toSorted()).toEqual([first, second].toSorted());
  // It can still be looked at, but not be made a favourite or be drawn from.
  expect((await fetch(`${api.url}/files/outputs/${first}/256`)).status).toBe(200);
  expect(
    await change(api, 'setFavourite', { outputIds: [first], isFavourite: true }, 'outputs { id }'),
  ).toMatchObject({
    outputs: [],
  });
  const initImage = { reference: { outputId: first }, denoise: 0.5 };
  await expect(startGeneration(api, { prompt: 'a fox', initImage })).rejects.toThrow(
    'The image is in the trash',
  );

  expect(
    await change(api, 'restoreOutputs', { outputIds: [first, second, third] }, 'outputs { id deletedAt }'),
  ).toMatchObject({
    outputs: [
      { id: first, deletedAt: null },
      { id: second, deletedAt: null },
    ],
  });
  expect(await listed(api, { isFavourite: true })).toEqual([second]);
  expect((await generationOf(id)).removedIndexes).toEqual([]);
  await trash(outputIds);
  await empty();
});

test('for good, its file and its thumbnails go, and everything agrees', async () => {
  const { id, outputIds } = await batch();
  const [first, second, third] = outputIds;
  const before = await files();
  for (const size of [256, 1024]) await fetch(`${api.url}/files/outputs/${first}/${size}`);
  await trash([first, second]);
  expect(await empty({ outputIds: [first, third] })).toMatchObject({ purged: { count: 1 } });
  expect(await listed(api, { inTrash: true })).toEqual([second]);
  expect(await empty({ outputIds: [] })).toMatchObject({ purged: { count: 0, bytes: 0 } });
  expect(await empty()).toMatchObject({ purged: { count: 1, bytes: expect.any(Number) } });
  await allDone();
  const after = await files();
  expect(before.filter((key) => key.endsWith('.png'))).toHaveLength(3);
  expect(after.filter((key) => key.endsWith('.png'))).toEqual([`outputs/${id}/2.png`]);
  expect(await generationOf(id)).toEqual({
    state: 'COMPLETED',
    removedIndexes: [0, 1],
    outputs: [{ index: 2 }],
  });
  expect((await api.graphql('query ($id: ID!) { output(id: $id) { id } }', { id: first })).output).toBeNull();
  expect((await checkedBy(api)).kinds).toEqual([]);
  await trash([third]);
  await empty();
});

test('after 30 days it goes by itself', async () => {
  const { outputIds } = await batch(2);
  const [old, young] = outputIds;
  await trash(outputIds);
  for (const [id, days] of [
    [old, 31],
    [young, 29],
  ])
    await db.execute(
      sql`update outputs set deleted_at = now() - make_interval(days => ${days}) where id = ${id}`,
    );
  await runTask('trash');
  expect(await listed(api, { inTrash: true })).toEqual([young]);
  await empty();
});

test('an image of a job that goes on stays in the trash until it has ended, so that it is not made again', async () => {
  const { id } = await startGeneration(api, {
    prompt: 'a fox',
    width: 1024,
    height: 1024,
    steps: 50,
    count: 4,
  });
  const added =
    'subscription ($jobId: ID!) { jobEvents(jobId: $jobId) { ... on OutputAdded { output { id } } } }';
  let first: string | undefined;
  for await (const { jobEvents } of api.subscribe(added, { jobId: id })) {
    if (jobEvents.output == null) continue;
    first = jobEvents.output.id;
    break;
  }
  await trash([first]);
  expect(await empty()).toMatchObject({ purged: { count: 0 } });
  await api.graphql('mutation ($input: CancelJobInput!) { cancelJob(input: $input) { __typename } }', {
    input: { jobId: id },
  });
  await eventsOf(api, id);
  expect(await empty()).toMatchObject({ purged: { count: 1 } });
});

test('who is forgotten is forgotten in the trash, too', async () => {
  const { id, outputIds } = await batch(2);
  await trash([outputIds[0]]);
  const DELETE = `mutation ($input: DeleteCharacterInput!) { deleteCharacter(input: $input) {
    ... on DeleteCharacterSuccess { receipt { outputs } } } }`;
  const { deleteCharacter } = await api.graphql(DELETE, { input: { id: mara.character.id } });
  expect(deleteCharacter.receipt.outputs).toBe(2);
  await allDone();
  expect(await listed(api, { inTrash: true })).toEqual([]);
  expect((await files()).filter((key) => key.includes(id))).toEqual([]);
  expect((await checkedBy(api)).kinds).toEqual([]);
});
