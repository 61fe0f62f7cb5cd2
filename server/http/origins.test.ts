import { once } from 'node:events';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { firstOwner, newBearer } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
  process.env.CORS_ORIGINS = 'https://app.example.com,http://localhost:9999';
});

const api = await startServer();
const owner = await firstOwner(api.url);
const cookie = owner.headers().Cookie ?? '';
const key = await newBearer(owner);
const { host, port } = new URL(api.url);
const APP = 'https://app.example.com';

type Given = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

/** `fetch` sets the headers in question by itself, or not at all. */
async function send({ method = 'GET', path = '/graphql', headers = {}, body }: Given) {
  const options = { host: '127.0.0.1', port, method, path, headers: { Host: host, ...headers } };
  const [response] = await once(request(options).end(body), 'response');
  return response;
}

const BODY = JSON.stringify({ query: '{ info { name } }' });
const post = (headers: Record<string, string>) =>
  send({
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...headers },
    body: BODY,
  });

const FOREIGN: Record<string, string>[] = [
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: `${APP}.evil.example` },
  { Origin: `${APP}:8443` },
  { Origin: 'http://app.example.com' },
  { Origin: 'http://localhost' },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
  { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
];

test.each(FOREIGN)('a page of another site gets nothing: %j', async (headers) => {
  const proofs: Record<string, string>[] = [{ Cookie: cookie }, { Authorization: key }];
  for (const proof of proofs)
    for (const given of [
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: BODY },
      { path: '/graphql?query={info{name}}' },
      { path: '/files/images/00000000-0000-7000-8000-000000000000' },
      { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'POST' } },
    ] as Given[]) {
      const response = await send({ ...given, headers: { ...given.headers, ...headers, ...proof } });
      expect([given, response.statusCode]).toEqual([given, 403]);
      expect(JSON.stringify(await json(response))).toContain('"code":"FOREIGN_ORIGIN"');
      expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
});

test('our own pages, programs, and who follows a link are answered', async () => {
  for (const headers of [
    {},
    { Origin: api.url },
    { Origin: api.url, 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'none' },
  ] as Record<string, string>[]) {
    const response = await post({ ...headers, Cookie: cookie });
    expect([headers, response.statusCode]).toEqual([headers, 200]);
    response.resume();
  }
  const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
  const page = await send({ headers: { ...link, Cookie: cookie, Accept: 'text/html' } });
  expect([page.statusCode, page.headers['content-type']]).toEqual([
    200,
    expect.stringContaining('text/html'),
  ]);
  page.resume();
  // A form that is posted is no link.
  const form = await post({ ...link, Cookie: cookie });
  expect(form.statusCode).toBe(403);
  form.resume();
});

test('a listed page may ask, and may use an API key, but not the cookie', async () => {
  const headers = { Origin: APP, 'Sec-Fetch-Site': 'cross-site' };
  const preflight = await send({
    method: 'OPTIONS',
    headers: {
      ...headers,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });
  expect([preflight.statusCode, preflight.headers]).toEqual([
    204,
    expect.objectContaining({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-max-age': '7200',
      vary: 'Origin',
    }),
  ]);
  const allowed = String(preflight.headers['access-control-allow-headers']).toLowerCase().split(', ');
  for (const name of [
    'authorization',
    'content-type',
    'x-correlation-id',
    'x-isengard-upload',
    'graphql-preflight',
  ])
    expect(allowed).toContain(name);

  const answer = await post({ ...headers, Authorization: key });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({ 'access-control-allow-origin': APP, vary: 'Origin' });
  expect(answer.headers['access-control-expose-headers']).toContain('X-Correlation-ID');
  expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  answer.resume();

  const withCookie = await post({ ...headers, 'Sec-Fetch-Site': 'same-site', Cookie: cookie });
  expect(withCookie.statusCode).toBe(401);
  // It may read why.
  expect(withCookie.headers).toMatchObject({ 'access-control-allow-origin': APP });
  withCookie.resume();

  const file = await send({
    path: '/files/images/00000000-0000-7000-8000-000000000000',
    headers: { ...headers, Authorization: key },
  });
  expect([file.statusCode, file.headers['access-control-allow-origin'], file.headers.vary]).toEqual([
    404,
    APP,
    'Origin',
  ]);
  file.resume();
});

test('without an origin nothing is allowed by name, and caches are told that it matters', async () => {
  const response = await post({ Authorization: key });
  expect(response.headers).toMatchObject({ vary: 'Origin' });
  expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  response.resume();
});

test('a socket of a listed page is for a key as well', async () => {
  const open = (headers: Record<string, string>) =>
    new WebSocket(`ws://${host}/graphql`, 'graphql-transport-ws', { headers });
  const codeOf = async (socket: WebSocket, payload?: object) => {
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    const [code] = await Promise.race([once(socket, 'close'), once(socket, 'message').then(() => ['open'])]);
    socket.terminate();
    return code;
  };
  expect(await codeOf(open({ Origin: APP, Cookie: cookie }))).toBe(4403);
  expect(await codeOf(open({ Origin: APP }), { authorization: key })).toBe('open');
  expect(await codeOf(open({ Origin: api.url, Cookie: cookie }))).toBe('open');
});
