import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import {
  filesBelow,
  MULTIPART_HEADERS,
  multipartBody,
  newCharacter,
  postMultipart,
  UPLOAD_IMAGES,
  uploadFields,
  uploadPhotos,
} from '#tests/uploads.ts';
import { env } from '../env.ts';

const api = await startServer();
const characterId = await newCharacter(api, 'multipart');

const MB = 2 ** 20;
const photo = (seed: number) => drawPhoto({ seed, width: 200, height: 150 });
const temporaryFiles = () => filesBelow(join(env.VOLUME_ROOT, 'cache/tmp'));
const imageCount = async () =>
  (await api.graphql('query ($id: ID!) { character(id: $id) { imageCount } }', { id: characterId })).character
    .imageCount;

async function part(index: number, seed: number) {
  return { name: String(index), fileName: `${seed}.jpg`, bytes: await photo(seed) };
}

/** Sends the fields and then `size` bytes as one file, never ending it, at the pace at which the server reads. */
function endlessBody(size: number): ReadableStream<Uint8Array> {
  const head = multipartBody(
    [...uploadFields(characterId, 1), { name: '0', fileName: 'big.jpg', bytes: Buffer.alloc(0) }],
    '',
  );
  let sent = 0;
  return new ReadableStream({
    start: (controller) => controller.enqueue(head),
    pull(controller) {
      controller.enqueue(new Uint8Array(MB));
      sent += MB;
      if (sent >= size) controller.close();
    },
  });
}

test('a request that any web site could send is refused', async () => {
  const body = multipartBody([...uploadFields(characterId, 1), await part(0, 1)]);
  const headers = { 'Content-Type': MULTIPART_HEADERS['Content-Type'] };
  const response = await fetch(`${api.url}/graphql`, { method: 'POST', body, headers });
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({
    errors: [
      {
        message:
          'An upload needs the header `x-isengard-upload` with any value; without it, any web site could send one.',
        extensions: { code: 'PREFLIGHT_HEADER_MISSING' },
      },
    ],
  });
  for (const name of [
    'X-Isengard-Upload',
    'GraphQL-Preflight',
    'GraphQL-Require-Preflight',
    'X-GraphQL-Yoga-CSRF',
    'Apollo-Require-Preflight',
  ]) {
    const accepted = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      body,
      headers: { ...headers, [name]: '1' },
    });
    expect(accepted.status).toBe(200);
  }
});

describe('a malformed request is answered without repeating it', () => {
  const [operations, map] = uploadFields(characterId, 1) as [
    { name: string; value: string },
    { name: string; value: string },
  ];
  const secret = 'SECRET-7';
  test.each([
    ['no parts', multipartBody([])],
    ['no map', multipartBody([operations])],
    ['the map first', multipartBody([map, operations])],
    ['operations that are not JSON', multipartBody([{ ...operations, value: `{${secret}` }, map])],
    ['a map that is not JSON', multipartBody([operations, { ...map, value: secret }])],
    ['a map to nowhere', multipartBody([operations, { ...map, value: `{"0":["variables.${secret}.x.y"]}` }])],
    [
      'a map to a prototype',
      multipartBody([operations, { ...map, value: '{"0":["variables.__proto__.x"]}' }]),
    ],
    ['no form at all', Buffer.from(secret)],
  ])('%s', async (_, body) => {
    const { response, answer } = await postMultipart(api, body);
    expect(response.status).toBe(400);
    expect(answer.errors?.[0]?.message).toMatch(/malformed/);
    expect(JSON.stringify(answer)).not.toContain(secret);
  });

  test('no boundary', async () => {
    const { response } = await postMultipart(api, multipartBody([operations]), {
      'Content-Type': 'multipart/form-data',
    });
    expect(response.status).toBe(400);
  });

  test('operations of more than a megabyte', async () => {
    const { response, answer } = await postMultipart(
      api,
      multipartBody([{ ...operations, value: 'x'.repeat(2 * MB) }]),
    );
    expect([response.status, answer.errors?.[0]?.extensions.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });
});

test('files may come in another order than the variables name them', async () => {
  const parts = [await part(2, 12), await part(0, 10), await part(1, 11)];
  const { answer } = await postMultipart(api, multipartBody([...uploadFields(characterId, 3), ...parts]));
  const names = answer.data.uploadImages.results.map(({ fileName }: { fileName: string }) => fileName);
  expect(names).toEqual(['10.jpg', '11.jpg', '12.jpg']);
});

test('a file that is missing, and one that nobody asked for, do not disturb the others', async () => {
  const parts = [await part(7, 20), await part(0, 21), await part(2, 22)];
  const { answer } = await postMultipart(api, multipartBody([...uploadFields(characterId, 3), ...parts]));
  const { results } = answer.data.uploadImages;
  expect(results.map((result: { code?: string }) => result.code)).toEqual([undefined, 'MISSING', undefined]);
  expect(results[1]).toMatchObject({ message: 'The request names this file but does not have it.' });
});

test('a body that breaks off keeps what came whole', async () => {
  const parts = [await part(0, 30), await part(1, 31)];
  const whole = multipartBody([...uploadFields(characterId, 3), ...parts]);
  const { answer } = await postMultipart(api, whole.subarray(0, -2000));
  const codes = answer.data.uploadImages.results.map((result: { code?: string }) => result.code);
  expect(codes).toEqual([undefined, 'INCOMPLETE', 'MISSING']);
  expect(await temporaryFiles()).toEqual([]);
});

test('a client that goes away in the middle of a file leaves what was whole, and nothing else', async () => {
  const before = await imageCount();
  const whole = multipartBody([...uploadFields(characterId, 2), await part(0, 40), await part(1, 41)]);
  const req = request(`${api.url}/graphql`, {
    method: 'POST',
    headers: { ...MULTIPART_HEADERS, 'Content-Length': whole.length },
  });
  req.on('error', () => {});
  req.write(whole.subarray(0, -2000));
  await until(async () => (await temporaryFiles()).length > 0, 'the second file is coming');
  req.destroy();
  await until(async () => (await temporaryFiles()).length === 0, 'its beginning is removed');
  await until(async () => (await imageCount()) === before + 1, 'the first file is there');
});

test('a request that declares too much is refused before it is read', async () => {
  const fields = multipartBody(uploadFields(characterId, 1), '');
  const file = multipartBody([{ name: '0', fileName: 'big.jpg', bytes: Buffer.alloc(1) }], '');
  const req = request(`${api.url}/graphql`, {
    method: 'POST',
    headers: { ...MULTIPART_HEADERS, 'Content-Length': 1024 * MB },
  });
  req.on('error', () => {});
  req.write(fields);
  req.write(file);
  // Almost nothing of it was sent.
  const [response] = await once(req, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expect(JSON.parse(Buffer.concat(chunks).toString()).data.uploadImages).toEqual({
    __typename: 'UploadTooLarge',
    code: 'UPLOAD_TOO_LARGE',
    message: 'The upload has 1,024 MB; the limit for these files together is 100 MB.',
    limitBytes: 100 * MB,
  });
  await once(req, 'close');
});

test('a request that does not say how much it is, is cut off where it is too much', async () => {
  const { answer } = await postMultipart(api, endlessBody(400 * MB));
  expect(answer.data.uploadImages).toMatchObject({
    __typename: 'UploadTooLarge',
    message: 'The upload has more than 100 MB; the limit for these files together is 100 MB.',
  });
  expect(await temporaryFiles()).toEqual([]);
});

test('what was accepted before that stays', async () => {
  const before = await imageCount();
  const first = multipartBody([...uploadFields(characterId, 2), await part(0, 50)], '');
  const second = multipartBody([{ name: '1', fileName: 'big.jpg', bytes: Buffer.alloc(0) }], '');
  async function* body() {
    yield first;
    yield second;
    for (let sent = 0; sent < 150; sent++) yield Buffer.alloc(MB);
  }
  const { answer } = await postMultipart(
    api,
    Readable.toWeb(Readable.from(body())) as ReadableStream<Uint8Array>,
  );
  expect(answer.data.uploadImages.__typename).toBe('UploadTooLarge');
  expect(await imageCount()).toBe(before + 1);
  expect(await temporaryFiles()).toEqual([]);
});

test('an operation that does not read its files is answered all the same', async () => {
  const body = multipartBody([
    { name: 'operations', value: JSON.stringify({ query: '{ info { name } }', variables: { file: null } }) },
    { name: 'map', value: '{"0":["variables.file"]}' },
    { name: '0', fileName: 'unread.jpg', bytes: Buffer.alloc(5 * MB) },
  ]);
  const { answer } = await postMultipart(api, body);
  expect(answer.data.info.name).toBeTruthy();
});

test('files do not fit into an ordinary request', async () => {
  const input = { characterId, files: ['a.jpg'] };
  const { answer } = await api.request(UPLOAD_IMAGES, { input });
  expect(answer.errors?.[0]?.message).toContain('`input.files[0]`: It must be Upload.');
  expect(
    (await uploadPhotos(api, characterId, [{ name: 'ok.jpg', bytes: await photo(60) }])).__typename,
  ).toBe('UploadImagesSuccess');
});

test('a part whose header is malformed costs its request and nothing else', async () => {
  const characterId = await newCharacter(api, 'malformed part');
  for (const fileName of ['a\0.jpg', 'a\r\nX: y', 'x'.repeat(20_000)]) {
    const body = multipartBody([
      ...uploadFields(characterId, 1),
      { name: '0', fileName, bytes: Buffer.from('not a picture') },
    ]);
    const { answer, response } = await postMultipart(api, body);
    expect([200, 400]).toContain(response.status);
    expect(JSON.stringify(answer)).not.toContain('INTERNAL');
  }
  expect((await api.graphql('{ info { name } }')).info.name).toBe('Isengard');
});
