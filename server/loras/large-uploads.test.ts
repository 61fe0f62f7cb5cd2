import { request } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Answer } from '#tests/api.ts';
import { safetensorsBytes, UPLOAD_LORA } from '#tests/loras.ts';
import { startServer } from '#tests/server.ts';
import { filesBelow, MULTIPART_HEADERS, multipartBody, UPLOAD_IMAGES } from '#tests/uploads.ts';
import { env } from '../env.ts';
import { storage } from '../storage/volume.ts';

const api = await startServer();
const MB = 2 ** 20;

const fieldsOf = (query: string, variables: object, path: string) => [
  { name: 'operations', value: JSON.stringify({ query, variables }) },
  { name: 'map', value: JSON.stringify({ 0: [path] }) },
];
const loraFields = fieldsOf(
  UPLOAD_LORA,
  { input: { file: null, baseModel: 'fast-test' } },
  'variables.input.file',
);

/** A pair of matrices with so many bytes together, as a header. */
function headerOf(bytes: number) {
  const columns = bytes / 2 / 2 / 16;
  const half = { dtype: 'F16', shape: [16, columns], data_offsets: [0, bytes / 2] };
  const other = { dtype: 'F16', shape: [columns, 16], data_offsets: [bytes / 2, bytes] };
  return safetensorsBytes({ 'a.lora_A.weight': half, 'a.lora_B.weight': other }, 0);
}

/** The beginning of a multipart body, up to and with the first bytes of its file. */
function opening(fields: typeof loraFields, start: Uint8Array) {
  const whole = multipartBody([...fields, { name: '0', fileName: 'a.safetensors', bytes: start }], '');
  return whole.subarray(0, -2);
}
const CLOSING = Buffer.from('\r\n--isengard-test--\r\n');

/** Sends what `parts` yields for as long as there is no answer; resolves to it and to how much was sent. */
async function send(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, headers: object = {}) {
  const sending = request(`${api.url}/graphql`, {
    method: 'POST',
    headers: { ...MULTIPART_HEADERS, ...headers },
  });
  let isAnswered = false;
  const answered = new Promise<Answer>((resolve, reject) => {
    sending.on('response', async (response) => {
      isAnswered = true;
      const chunks = await response.toArray();
      resolve(JSON.parse(Buffer.concat(chunks).toString()) as Answer);
    });
    sending.on('error', (error) => isAnswered || reject(error));
  });
  let sent = 0;
  for await (const part of parts) {
    if (isAnswered) break;
    sent += part.length;
    if (!sending.write(part))
      await Promise.race([new Promise((done) => sending.once('drain', done)), answered]);
  }
  // With a length that was declared and is not reached, there is no end.
  if (!('Content-Length' in headers)) sending.end();
  const answer = await answered;
  sending.destroy();
  return { sent, answer };
}

function* endless(start: Uint8Array) {
  yield opening(loraFields, start);
  const more = Buffer.alloc(MB);
  for (;;) yield more;
}

test('more than 2 GB that are declared are refused before the file comes', async () => {
  const start = opening(loraFields, headerOf(64));
  const { answer } = await send([start], { 'Content-Length': 3 * 2 ** 30 });
  expect(answer.data?.uploadLora).toEqual({
    __typename: 'UploadTooLarge',
    code: 'UPLOAD_TOO_LARGE',
    message: 'The upload has 3,072 MB; the limit for these files together is 2,049 MB.',
    limitBytes: 2 ** 31 + MB,
  });
});

test('a declared size is no reason to refuse what fits, and the disk is looked at before', async () => {
  const data = headerOf(150 * MB);
  const parts = [opening(loraFields, data), ...Array.from({ length: 150 }, () => Buffer.alloc(MB)), CLOSING];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const { answer } = await send(parts, { 'Content-Length': length });
  expect(answer.data?.uploadLora.lora).toMatchObject({ bytes: data.length + 150 * MB, rank: 16 });
});

test.each([
  ['LoraUnreadable', 'TOO_LARGE', headerOf(3 * 2 ** 30)],
  ['LoraUnreadable', 'BAD_LAYOUT', headerOf(64 * 16)],
  ['LoraUnreadable', 'HEADER_TOO_LARGE', Buffer.from('\x80\x04\x95\x00\x00\x00\x00\x00a pickle', 'latin1')],
  [
    'NotALora',
    'NOT_A_LORA',
    safetensorsBytes(
      { 'model.diffusion_model.x': { dtype: 'F16', shape: [2 ** 29], data_offsets: [0, 2 ** 30] } },
      0,
    ),
  ],
])('in chunks without end it is refused by its first bytes: %s %s', async (__typename, code, start) => {
  const { answer, sent } = await send(endless(start));
  expect(answer.data?.uploadLora).toMatchObject({ __typename, code });
  expect(sent).toBeLessThan(100 * MB);
  expect((await filesBelow(env.VOLUME_ROOT)).filter((key) => key.startsWith('cache/tmp/'))).toEqual([]);
});

test('in chunks it is refused by its first bytes where the disk has no room for it', async () => {
  const room = vi.spyOn(storage, 'freeBytes').mockResolvedValue((env.MIN_FREE_MB + 1024) * MB);
  const { answer, sent } = await send(endless(headerOf(1536 * MB)));
  room.mockRestore();
  expect(answer.data?.uploadLora).toMatchObject({ __typename: 'DiskFull', code: 'DISK_FULL' });
  expect(sent).toBeLessThan(100 * MB);
});

test('one that breaks off is told as such', async () => {
  const { answer } = await send([opening(loraFields, headerOf(MB)), CLOSING]);
  expect(answer.data?.uploadLora).toMatchObject({ __typename: 'LoraUnreadable', code: 'BAD_OFFSETS' });
});

test('a second file in the same request is refused, and holds nothing up', async () => {
  const query = `mutation ($a: Upload!, $b: Upload!) {
    a: uploadLora(input: { file: $a }) { __typename ... on UserError { code } }
    b: uploadLora(input: { file: $b }) { __typename ... on UserError { code } }
  }`;
  const fields = [
    { name: 'operations', value: JSON.stringify({ query, variables: { a: null, b: null } }) },
    { name: 'map', value: '{"0":["variables.a"],"1":["variables.b"]}' },
  ];
  const { answer } = await send([opening(fields, headerOf(64)), CLOSING]);
  const refused = { __typename: 'LoraUnreadable', code: 'NOT_ALONE' };
  expect(answer.data).toEqual({ a: refused, b: refused });
});

test('photos keep their limit', async () => {
  const variables = { input: { characterId: '00000000-0000-7000-8000-000000000000', files: [null] } };
  const fields = fieldsOf(UPLOAD_IMAGES, variables, 'variables.input.files.0');
  const { answer } = await send([opening(fields, Buffer.alloc(100))], { 'Content-Length': 101 * MB });
  expect(answer.data?.uploadImages).toMatchObject({ __typename: 'UploadTooLarge', limitBytes: 100 * MB });
});

test('memory stays flat while 300 MB come', async () => {
  const bytes = 300 * MB;
  const before = process.memoryUsage();
  let most = 0;
  async function* body() {
    yield opening(loraFields, headerOf(bytes));
    const more = Buffer.alloc(MB);
    for (let sent = 0; sent < bytes; sent += MB) {
      yield more;
      await nextTurn();
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      most = Math.max(most, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
    }
    yield CLOSING;
  }
  const { answer } = await send(body());
  expect(answer.data?.uploadLora).toMatchObject({ __typename: 'UploadLoraSuccess' });
  expect(most).toBeLessThan(100 * MB);
}, 60_000);
