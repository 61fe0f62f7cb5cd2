import { once } from 'node:events';
import { afterAll, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { firstOwner, newBearer, PASSWORD } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import { listen } from './listener.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
  process.env.MAX_SOCKETS = '10';
});

const api = await startServer();
const owner = await firstOwner(api.url);
const key = await newBearer(owner);
const hasty = await listen({ host: '127.0.0.1', port: 0, patience: { initMs: 100 } });
afterAll(() => hasty.close());

type Options = { url?: string; protocol?: string | undefined; headers?: Record<string, string> };

/** A socket as anybody can write one, who knows the protocol or does not. */
async function open({ url = api.url, protocol, headers = { Authorization: key } }: Options = {}) {
  const address = `${url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(address, protocol === undefined ? 'graphql-transport-ws' : protocol || [], {
    headers,
  });
  socket.on('error', () => {});
  const heard: { type: string; id?: string; payload?: unknown }[] = [];
  socket.on('message', (message) => heard.push(JSON.parse(String(message))));
  const closed = new Promise<[code: number, reason: string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  await once(socket, 'open');
  return {
    socket,
    heard,
    closed,
    send: (message: object) => socket.send(JSON.stringify(message)),
    hears: (type: string) => until(() => heard.find((message) => message.type === type), `${type} is heard`),
  };
}
type Peer = Awaited<ReturnType<typeof open>>;

async function acknowledged(options?: Options): Promise<Peer> {
  const peer = await open(options);
  peer.send({ type: 'connection_init' });
  await peer.hears('connection_ack');
  return peer;
}
const subscribe = (id: string, query = 'subscription { jobUpdates { __typename } }') => ({
  id,
  type: 'subscribe',
  payload: { query },
});

/** https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
test.each<[what: string, code: number, reason: RegExp, send: (peer: Peer) => void]>([
  ['what is no JSON', 4400, /Invalid message/, ({ socket }) => socket.send('{')],
  ['a message without a type', 4400, /Invalid message/, ({ socket }) => socket.send('{"id":"1"}')],
  ['a type that there is not', 4400, /Invalid message/, ({ send }) => send({ type: 'start', id: '1' })],
  [
    'an operation without a query',
    4400,
    /Invalid message/,
    ({ send }) => send({ type: 'subscribe', id: '1', payload: {} }),
  ],
  [
    'two subscribers with one id',
    4409,
    /^Subscriber for 1 already exists$/,
    ({ send }) => {
      send(subscribe('1'));
      send(subscribe('1'));
    },
  ],
  [
    'a second beginning',
    4429,
    /^Too many initialisation requests$/,
    ({ send }) => send({ type: 'connection_init' }),
  ],
  ['a frame of more than 256 kB', 1009, /^$/, ({ socket }) => socket.send('x'.repeat(300 * 1024))],
])('%s closes with %i', async (_, code, reason, send) => {
  const peer = await acknowledged();
  send(peer);
  expect(await peer.closed).toEqual([code, expect.stringMatching(reason)]);
});

test('an operation before the beginning closes with 4401', async () => {
  const peer = await open();
  peer.send(subscribe('1'));
  expect(await peer.closed).toEqual([4401, 'Unauthorized']);
});

test('another protocol than ours closes with 4406', async () => {
  const peer = await open({ protocol: '' });
  expect(await peer.closed).toEqual([4406, 'Subprotocol not acceptable']);
});

test('who does not begin in time is closed with 4408', async () => {
  const peer = await open({ url: hasty.url });
  expect(await peer.closed).toEqual([4408, 'Connection initialisation timeout']);
});

test('who is nobody is closed with 4403, at the beginning', async () => {
  const anonymous = await open({ headers: {} });
  anonymous.send({ type: 'connection_init' });
  expect(await anonymous.closed).toEqual([4403, 'Forbidden']);
  const wrong = await open({ headers: {} });
  wrong.send({ type: 'connection_init', payload: { authorization: `${key}x` } });
  expect(await wrong.closed).toEqual([4403, 'Forbidden']);
});

test('the sockets of a session that is over are closed with 4401, and no others', async () => {
  const signIn = await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }',
      variables: { input: { name: 'Olga', password: PASSWORD } },
    }),
  });
  const Cookie = signIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const [mine, other] = [await acknowledged({ headers: { Cookie } }), await acknowledged()];
  mine.send(subscribe('1'));
  await fetch(`${api.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie },
    body: JSON.stringify({ query: 'mutation { signOut { __typename } }' }),
  });
  expect(await mine.closed).toEqual([4401, 'Unauthorized']);
  other.send({ type: 'ping' });
  await other.hears('pong');
  other.socket.close();
  await other.closed;
});

test('more operations than a socket may have are refused one by one', async () => {
  const peer = await acknowledged();
  for (let i = 0; i <= 100; i++) peer.send(subscribe(`${i}`));
  expect(await peer.hears('error')).toMatchObject({
    id: '100',
    payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS', limit: 100 } }],
  });
  expect(peer.heard.filter(({ type }) => type === 'error')).toHaveLength(1);
  peer.socket.close();
  await peer.closed;
});

test('an address has no more sockets than its share; the others stay open', async () => {
  const peers = await Promise.all(Array.from({ length: 10 }, () => acknowledged()));
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expect([response.statusCode, response.headers, JSON.parse(String(Buffer.concat(chunks)))]).toEqual([
    429,
    expect.objectContaining({ 'retry-after': '10' }),
    { error: { code: 'TOO_MANY_SOCKETS', message: 'One address may have 10 sockets.', limit: 10 } },
  ]);
  for (const peer of peers) peer.send({ type: 'ping' });
  await Promise.all(peers.map((peer) => peer.hears('pong')));
  for (const peer of peers) peer.socket.close();
  await Promise.all(peers.map((peer) => peer.closed));
  (await acknowledged()).socket.close();
});

test('who sends without end is listened to at our pace, and loses nothing', async () => {
  const peer = await acknowledged();
  const pongs = () => peer.heard.filter(({ type }) => type === 'pong').length;
  const startedAt = performance.now();
  for (let i = 0; i < 400; i++) peer.send({ type: 'ping' });
  await until(() => pongs() === 400, 'each is answered');
  peer.send({ type: 'ping' });
  await until(() => pongs() === 401, 'the next is, too');
  // A hundred more than it may send at once, and a second brings a hundred.
  expect(performance.now() - startedAt).toBeGreaterThan(950);
  peer.socket.close();
  await peer.closed;
});
