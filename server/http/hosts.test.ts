import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { startServer } from '#tests/server.ts';
import { listen } from './listener.ts';

const api = await startServer();
const { port } = new URL(api.url);

async function statusOf(
  headers: Record<string, string>,
  { path = '/graphql?query={info{name}}', at = port } = {},
) {
  const req = request({
    host: '127.0.0.1',
    port: at,
    path,
    headers: { Accept: 'application/json', ...headers },
  });
  const [response] = await once(req.end(), 'response');
  response.resume();
  return response.statusCode;
}

/** 101, or the status with which the socket is refused. */
async function socketStatus(headers: Record<string, string>, at = port) {
  const socket = new WebSocket(`ws://127.0.0.1:${at}/graphql`, 'graphql-transport-ws', { headers });
  socket.on('error', () => {});
  const status = await new Promise((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode));
  });
  socket.terminate();
  return status;
}

test('on the own machine only its own names are answered, so no web site can give itself one', async () => {
  for (const host of ['localhost', `localhost:${port}`, `127.0.0.1:${port}`, '[::1]:1', 'LOCALHOST:5173']) {
    expect([host, await statusOf({ Host: host })]).toEqual([host, 200]);
    expect([host, await socketStatus({ Host: host })]).toEqual([host, 101]);
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
  ])
    for (const path of ['/graphql?query={info{name}}', '/files/images/1', '/'])
      expect([host, await statusOf({ Host: host }, { path })]).toEqual([host, 421]);
  expect(await socketStatus({ Host: `evil.example:${port}` })).toBe(421);
});

test('a page of another site cannot open a socket', async () => {
  for (const origin of [
    'http://evil.example',
    `http://127.0.0.1:${port}`,
    'http://localhost',
    'null',
    'nonsense',
  ])
    expect([origin, await socketStatus({ Host: `localhost:${port}`, Origin: origin })]).toEqual([
      origin,
      403,
    ]);
  // What Vite's proxy sends in development, and a page of our own.
  for (const host of ['localhost:5173', `localhost:${port}`, 'localhost'])
    expect(await socketStatus({ Host: host, Origin: `http://${host}` })).toBe(101);
  expect(await socketStatus({ Host: 'localhost', Origin: 'https://localhost:443' })).toBe(101);
});

test('on a network it is reached by the name of PUBLIC_URL and no other', async () => {
  const open = await listen({ host: '0.0.0.0', port: 0, publicUrl: 'https://studio.example' });
  const at = new URL(open.url).port;
  expect(await statusOf({ Host: 'studio.example' }, { at })).toBe(200);
  expect(await statusOf({ Host: 'localhost' }, { at })).toBe(200);
  for (const host of ['evil.example', '192.168.1.7', 'studio.example.evil.example', 'evil@studio.example'])
    expect([host, await statusOf({ Host: host }, { at })]).toEqual([host, 421]);
  const studio = { Host: 'studio.example', Origin: 'https://studio.example' };
  expect(await socketStatus(studio, at)).toBe(101);
  expect(await socketStatus({ ...studio, Origin: 'https://evil.example' }, at)).toBe(403);
  // A proxy in front that has its own name for us; what it forwards, anybody can send.
  expect(await socketStatus({ ...studio, Host: 'localhost' }, at)).toBe(101);
  const forwarded = { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' };
  expect(await socketStatus({ ...forwarded, Host: 'localhost' }, at)).toBe(403);
  await open.close();
});
