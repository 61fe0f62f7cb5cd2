import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startServer } from '#tests/server.ts';
import { listen } from './listener.ts';

const api = await startServer();
const port = Number(new URL(api.url).port);

/** What comes back for these bytes; `fetch` and `request` would tidy them up. */
async function send(lines: string[], at = port) {
  const socket = connect(at, '127.0.0.1');
  socket.end([...lines, '', ''].join('\r\n'));
  return text(socket);
}

const GET = (target: string) => send([`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close']);

test('no target climbs out of the client', async () => {
  for (const target of [
    'http://x/../../index.html',
    'http://x/../../../package.json',
    'x/../../../package.json',
    '../../package.json',
    'http://x/graphql?query={info{name}}',
    '*',
  ])
    expect([target, await GET(target)]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 400 /)]);
  for (const target of [
    '/../../package.json',
    '//../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/assets/../../../package.json',
    '/..%5c..%5cpackage.json',
  ])
    expect([target, await GET(target)]).toEqual([target, expect.not.stringContaining('"dependencies"')]);
});

test('who does not say whom the request is for is not answered', async () => {
  expect(await send(['GET / HTTP/1.0'])).toMatch(/^HTTP\/1.1 421 /);
  expect(await send(['GET / HTTP/1.0', 'Host: '])).toMatch(/^HTTP\/1.1 421 /);
});

/** A socket of the protocol's own, whose peer never answers anything, not even a goodbye. */
async function deafPeer(at: number): Promise<Socket> {
  const socket = connect(at, '127.0.0.1');
  socket.write(
    [
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Protocol: graphql-transport-ws',
      '\r\n',
    ].join('\r\n'),
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 101 /);
  return socket;
}

test('a peer that does not answer does not keep the server from stopping', { timeout: 10_000 }, async () => {
  const listener = await listen({ host: '127.0.0.1', port: 0 });
  const socket = await deafPeer(Number(new URL(listener.url).port));
  const ended = once(socket, 'close');
  await listener.close();
  await ended;
});

test('a port that is taken is told to who wanted it, and to nobody else', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: taken } = other.address() as AddressInfo;
  await expect(listen({ host: '127.0.0.1', port: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
});
