import { expect, test } from 'vitest';
import type { Data } from '#tests/api.ts';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { createCharacter } from '#tests/steps.ts';
import type { NamedFile } from '#tests/uploads.ts';

const api = await startServer();
const photoOf = async (seed: number): Promise<NamedFile> => ({
  name: `${seed}.jpg`,
  bytes: await drawPhoto({ seed, width: 96, height: 96 }),
});
const [one, two, three] = await Promise.all([photoOf(1), photoOf(2), photoOf(3)]);
const noPhoto = { name: 'notes.txt', bytes: Buffer.from('nothing to see') };
const tooLarge = (bytes: number) => ({ name: 'huge.jpg', bytes: Buffer.alloc(bytes) });

const ERRORS = `... on UserError { code message } ... on IdempotencyConflict { operation }
  ... on NotFound { kind id } ... on InvalidInput { issues { field } }`;
const UPLOAD = `mutation ($input: UploadImagesInput!, $key: String) {
  uploadImages(input: $input, idempotencyKey: $key) {
    __typename ${ERRORS}
    ... on UploadImagesSuccess { character { id } results {
      __typename
      ... on ImageAccepted { fileName image { id } }
      ... on ImageDuplicate { fileName image { id } }
      ... on ImageRejected { fileName code }
    } }
  }
}`;

async function upload(characterId: string, files: NamedFile[], key: string | null): Promise<Data> {
  const variables = { input: { characterId, files: files.map(() => null) }, key };
  const named = Object.fromEntries(files.map((file, i) => [`variables.input.files.${i}`, file]));
  return (await api.upload(UPLOAD, variables, named)).uploadImages;
}

const newId = async () => (await createCharacter(api)).id as string;
const newKey = () => crypto.randomUUID();
const typesOf = ({ results }: Data) => results.map(({ __typename }: Data) => __typename);
const countOf = async (id: string) =>
  (await api.graphql(`{ character(id: "${id}") { imageCount } }`)).character.imageCount;
const conflict = { __typename: 'IdempotencyConflict', operation: 'uploadImages' };

test('a repeated upload answers what the first one did, and keeps nothing more', async () => {
  const id = await newId();
  const key = newKey();
  const files = [one, one, noPhoto, tooLarge(20 * 2 ** 20 + 1), two];
  const first = await upload(id, files, key);
  expect(typesOf(first)).toEqual([
    'ImageAccepted',
    'ImageDuplicate',
    'ImageRejected',
    'ImageRejected',
    'ImageAccepted',
  ]);
  expect(await upload(id, files, key)).toEqual(first);
  // A label is no content.
  const renamed = files.map(({ bytes }, i) => ({ name: `${i}.png`, bytes }));
  expect(await upload(id, renamed, key)).toEqual(first);
  expect(await countOf(id)).toBe(2);
  expect(typesOf(await upload(id, [one], newKey()))).toEqual(['ImageDuplicate']);
});

test('other files, another order or another character are another input, of which nothing is kept', async () => {
  const [id, other] = [await newId(), await newId()];
  const key = newKey();
  await upload(id, [one, two], key);
  expect(await upload(id, [one, three], key)).toMatchObject(conflict);
  expect(await upload(id, [two, one], key)).toMatchObject(conflict);
  expect(await upload(id, [one], key)).toMatchObject(conflict);
  expect(await upload(id, [one, tooLarge(20 * 2 ** 20 + 1)], key)).toMatchObject(conflict);
  expect(await upload(other, [one, two], key)).toMatchObject(conflict);
  expect([await countOf(id), await countOf(other)]).toEqual([2, 0]);

  const CREATE = `mutation ($input: CreateCharacterInput!, $key: String) {
    createCharacter(input: $input, idempotencyKey: $key) { __typename ${ERRORS} }
  }`;
  const { createCharacter: answer } = await api.graphql(CREATE, {
    input: { name: 'Mara', triggerWord: 'mara upload' },
    key,
  });
  expect(answer).toMatchObject(conflict);
});

test('twenty at once: each photo once, and one answer for all', async () => {
  const id = await newId();
  const key = newKey();
  const answers = await Promise.all(Array.from({ length: 20 }, () => upload(id, [one, two, three], key)));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await countOf(id)).toBe(3);
  const ids = answers[0].results.map(({ image }: Data) => image.id);
  expect(new Set(ids).size).toBe(3);
});

test('a photo or the character that was deleted since is not found', async () => {
  const id = await newId();
  const key = newKey();
  const [first] = (await upload(id, [one], key)).results;
  const DELETE = 'mutation ($ids: [ID!]!) { deleteImages(input: { ids: $ids }) { __typename } }';
  await api.graphql(DELETE, { ids: [first.image.id] });
  expect(await upload(id, [one], key)).toMatchObject({
    code: 'NOT_FOUND',
    kind: 'image',
    id: first.image.id,
  });
  await api.graphql(`mutation { deleteCharacter(input: { id: "${id}" }) { __typename } }`);
  expect(await upload(id, [one], key)).toMatchObject({ code: 'NOT_FOUND', kind: 'character', id });
});

test('a malformed key is refused before anything is read, and a refused upload leaves its key unused', async () => {
  const id = await newId();
  expect(await upload(id, [one], 'é')).toMatchObject({ issues: [{ field: 'idempotencyKey' }] });
  const key = newKey();
  const many = Array.from({ length: 501 }, () => noPhoto);
  expect(await upload(id, many, key)).toMatchObject({ __typename: 'TooManyFiles' });
  expect(typesOf(await upload(id, [one], key))).toEqual(['ImageAccepted']);
});

const REFERENCE = `mutation ($input: UploadReferenceImageInput!, $key: String) {
  uploadReferenceImage(input: $input, idempotencyKey: $key) {
    __typename ${ERRORS}
    ... on UploadReferenceImageSuccess { referenceImage { id } }
  }
}`;
const refer = async (file: NamedFile, key: string | null): Promise<Data> =>
  (await api.upload(REFERENCE, { input: { file: null }, key }, { 'variables.input.file': file }))
    .uploadReferenceImage;

test('a reference picture', async () => {
  const key = newKey();
  expect(await refer(noPhoto, key)).toMatchObject({ __typename: 'ImageUnreadable' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => refer(one, key)));
  expect(answers[0].referenceImage.id).toEqual(expect.any(String));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(await refer(two, key)).toMatchObject({ ...conflict, operation: 'uploadReferenceImage' });
  expect(await upload(await newId(), [one], key)).toMatchObject({
    ...conflict,
    operation: 'uploadReferenceImage',
  });
  expect(await refer(one, '')).toMatchObject({ issues: [{ field: 'idempotencyKey' }] });
});
