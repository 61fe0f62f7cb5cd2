import { expect, test } from 'vitest';
import { realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { multipartBody, newCharacter, postMultipart, UPLOAD_IMAGES } from '#tests/uploads.ts';

/** The examples of https://github.com/jaydenseric/graphql-multipart-request-spec (version 2), on our own mutations. */
const api = await startServer();
const [first, second] = (await realPhotos()).map(({ bytes }) => bytes);
const photo = first ?? Buffer.alloc(0);
const other = second ?? Buffer.alloc(0);

const REFERENCE = `mutation ($input: UploadReferenceImageInput!) { uploadReferenceImage(input: $input) {
  __typename ... on UploadReferenceImageSuccess { referenceImage { width } } ... on UserError { code }
} }`;

const file = (name: string, bytes: Uint8Array) => ({ name, fileName: `${name}.jpg`, bytes });
const field = (name: string, value: unknown) => ({ name, value: JSON.stringify(value) });
const single = { query: REFERENCE, variables: { input: { file: null } } };
const list = (characterId: string, count: number) => ({
  query: UPLOAD_IMAGES,
  variables: { input: { characterId, files: Array.from({ length: count }, () => null) } },
});

type Parts = Parameters<typeof multipartBody>[0];
async function post(parts: Parts) {
  const { answer, response } = await postMultipart(api, multipartBody(parts));
  const results: { __typename: string; code?: string }[] | undefined = answer.data?.uploadImages?.results;
  return {
    status: response.status,
    code: answer.errors?.[0]?.extensions.code,
    type: answer.data?.uploadReferenceImage?.__typename,
    results: results?.map(({ __typename, code }) => code ?? __typename),
  };
}

test('a single file', async () => {
  const map = field('map', { 0: ['variables.input.file'] });
  expect(await post([field('operations', single), map, file('0', photo)])).toMatchObject({
    status: 200,
    type: 'UploadReferenceImageSuccess',
  });
});

test('a list of files, under names of the sender’s own', async () => {
  const id = await newCharacter(api, 'spec list');
  const map = field('map', { a: ['variables.input.files.0'], 'b c': ['variables.input.files.1'] });
  expect(
    await post([field('operations', list(id, 2)), map, file('a', photo), file('b c', other)]),
  ).toMatchObject({ status: 200, results: ['ImageAccepted', 'ImageAccepted'] });
});

test('one file in two places is one file: the second place is told that it has none', async () => {
  const id = await newCharacter(api, 'spec twice');
  const map = field('map', { 0: ['variables.input.files.0', 'variables.input.files.1'] });
  const { status, results } = await post([field('operations', list(id, 2)), map, file('0', photo)]);
  expect([status, results?.[0], results?.[1]]).toEqual([
    200,
    'ImageAccepted',
    expect.stringMatching(/^[A-Z_]+$/),
  ]);
});

test('a batch is refused, as everywhere', async () => {
  const map = field('map', { 0: ['0.variables.input.file'], 1: ['1.variables.input.file'] });
  expect(
    await post([field('operations', [single, single]), map, file('0', photo), file('1', other)]),
  ).toMatchObject({ status: 400, code: expect.stringMatching(/BATCH/) });
});

test('an upload without a file in it', async () => {
  const { data } = (
    await postMultipart(
      api,
      multipartBody([field('operations', { query: '{ info { name } }' }), field('map', {})]),
    )
  ).answer;
  expect(data).toEqual({ info: { name: 'Isengard' } });
});

const map = field('map', { 0: ['variables.input.file'] });
const operations = field('operations', single);
test.each<[string, Parts]>([
  ['no operations', [map, file('0', photo)]],
  ['no map', [operations, file('0', photo)]],
  ['a file before its fields', [file('0', photo), operations, map]],
  ['the map before the operations', [map, operations, file('0', photo)]],
  ['operations that are no JSON', [{ name: 'operations', value: '{' }, map, file('0', photo)]],
  ['operations that are no object', [field('operations', 'x'), map, file('0', photo)]],
  ['a map that is no JSON', [operations, { name: 'map', value: '{' }, file('0', photo)]],
  ['a map that is a list', [operations, field('map', []), file('0', photo)]],
  ['a map of texts', [operations, field('map', { 0: 'variables.input.file' }), file('0', photo)]],
  ['a map of numbers', [operations, field('map', { 0: [1] }), file('0', photo)]],
  ['a path to nowhere', [operations, field('map', { 0: ['variables.x.y.z'] }), file('0', photo)]],
])('%s: refused as malformed', async (_, parts) => {
  expect(await post(parts)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
});
