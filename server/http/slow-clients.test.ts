import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import { filesBelow, MULTIPART_HEADERS, multipartBody, newCharacter, uploadFields } from '#tests/uploads.ts';
import { env } from '../env.ts';
import { listen } from './listener.ts';

const api = await startServer();
/** As the product, but less patient. */
const hasty = await listen({
  host: '127.0.0.1',
  port: 0,
  patience: {
    headersMs: 200,
    operationMs: 300,
    uploadWindowMs: 300,
    uploadWindowBytes: 1000,
    silenceMs: 500,
    keepAliveMs: 300,
  },
});
afterAll(() => hasty.close());
const port = Number(new URL(hasty.url).port);

/** Sends a byte now and then, until the connection ends. */
function drip(write: (byte: string) => void, ended: Promise<unknown>) {
  const timer = setInterval(() => write('x'), 40);
  return ended.finally(() => clearInterval(timer));
}

/** A connection on which it takes the client for ever to say what it wants. */
function opened(start: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(start);
  return socket;
}

test('headers that never end, and a connection that says nothing, are cut off', async () => {
  const dripping = opened('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  const answer = text(dripping);
  await drip((byte) => dripping.write(byte), once(dripping, 'end'));
  expect(await answer).toMatch(/^HTTP\/1\.1 408 .*"code":"REQUEST_TIMEOUT"/s);
  const silent = opened('');
  silent.resume();
  await once(silent, 'close');
});

test('a connection that waits for its next request is closed in the end', async () => {
  const socket = opened('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
});

test('an operation that drips in is refused, and its connection closed', async () => {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': 10_000 };
  const req = request(`${hasty.url}/graphql`, { method: 'POST', headers });
  req.on('error', () => {});
  const closed = new Promise((resolve) => req.once('close', resolve));
  const answered = once(req, 'response');
  req.write('{"query":"{ info { name } } #');
  void drip((byte) => req.write(byte), closed);
  const [response] = await answered;
  expect([response.statusCode, response.headers.connection, await json(response)]).toEqual([
    408,
    'close',
    {
      errors: [
        {
          message: 'The body of this request came too slowly.',
          extensions: { code: 'REQUEST_TIMEOUT', correlationId: expect.any(String) },
        },
      ],
    },
  ]);
  await closed;
});

test('an upload that drips in is ended: what came whole is kept, and told', async () => {
  const characterId = await newCharacter(api, 'drip');
  const photo = {
    name: '0',
    fileName: '0.jpg',
    bytes: await drawPhoto({ seed: 1, width: 200, height: 150 }),
  };
  const start = multipartBody(
    [...uploadFields(characterId, 2), photo, { name: '1', fileName: '1.jpg', bytes: Buffer.alloc(99) }],
    '',
  );
  const req = request(`${hasty.url}/graphql`, { method: 'POST', headers: MULTIPART_HEADERS });
  req.on('error', () => {});
  const closed = new Promise((resolve) => req.once('close', resolve));
  const answered = once(req, 'response');
  // Without what ends the second file.
  req.write(start.subarray(0, -2));
  void drip((byte) => req.write(byte), closed);
  const [response] = await answered;
  const { data } = (await json(response)) as { data: { uploadImages: { results: { code?: string }[] } } };
  expect(data.uploadImages.results.map(({ code }) => code)).toEqual([undefined, 'INCOMPLETE']);
  await closed;
  expect(await filesBelow(join(env.VOLUME_ROOT, 'cache/tmp'))).toEqual([]);
});

test('an upload that stops in its first fields is refused', async () => {
  const [operations] = uploadFields('x', 1) as [{ name: string; value: string }];
  const req = request(`${hasty.url}/graphql`, { method: 'POST', headers: MULTIPART_HEADERS });
  req.on('error', () => {});
  req.write(multipartBody([operations], ''));
  const [response] = await once(req, 'response');
  expect([response.statusCode, await json(response)]).toMatchObject([
    408,
    { errors: [{ extensions: { code: 'REQUEST_TIMEOUT' } }] },
  ]);
});

test('an upload that takes longer than any wait, but comes, is received', async () => {
  const characterId = await newCharacter(api, 'steady');
  const photo = {
    name: '0',
    fileName: '0.jpg',
    bytes: await drawPhoto({ seed: 2, width: 400, height: 300 }),
  };
  const body = multipartBody([...uploadFields(characterId, 1), photo]);
  const req = request(`${hasty.url}/graphql`, { method: 'POST', headers: MULTIPART_HEADERS });
  const answered = once(req, 'response');
  const pieces = 12;
  const size = Math.ceil(body.length / pieces);
  expect(size).toBeGreaterThan(1000);
  for (let i = 0; i < pieces; i++) {
    req.write(body.subarray(i * size, (i + 1) * size));
    // The client's pace is what this is about.
    await delay(100);
  }
  req.end();
  const [response] = await answered;
  expect(await json(response)).toMatchObject({
    data: { uploadImages: { results: [{ __typename: 'ImageAccepted' }] } },
  });
});

test('a client that does not read its answer is let go', async () => {
  const socket = opened('');
  socket.pause();
  // More answers than the two kernels keep for it.
  const one = 'GET /graphql?query={__schema{types{name,description,fields{name,description}}}} HTTP/1.1\r\n';
  socket.write(`${one}Host: localhost\r\nAccept: application/json\r\n\r\n`.repeat(100));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const timer = setInterval(() => socket.write(`${one}Host: localhost\r\n\r\n`), 20);
  await closed.finally(() => clearInterval(timer));
});

test('an innocent client is served all the while', async () => {
  const slow = Array.from({ length: 50 }, () => opened('POST /graphql HTTP/1.1\r\nHost: localhost\r\n'));
  const response = await fetch(`${hasty.url}/graphql?query={info{name}}`);
  expect(response.status).toBe(200);
  await Promise.all(slow.map((socket) => once(socket.resume(), 'close')));
});

test('an address has no more connections than its share', { timeout: 60_000 }, async () => {
  const at = Number(new URL(api.url).port);
  const held = Array.from({ length: 500 }, () => connect(at, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  const refused = connect(at, '127.0.0.1');
  refused.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await text(refused)).toMatch(
    /^HTTP\/1\.1 429 .*Retry-After: 1\r\n.*"code":"TOO_MANY_CONNECTIONS","message":"One address may have 500 connections.","limit":500}}$/s,
  );
  for (const socket of held) socket.destroy();
  await until(() => fetch(`${api.url}/healthz`).then(({ ok }) => ok), 'it is answered again');
});
