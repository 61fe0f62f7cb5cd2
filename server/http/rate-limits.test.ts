import { createClient } from 'graphql-ws';
import { expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { firstOwner, newBearer } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
  process.env.RATE_LIMIT = '20';
  process.env.FILE_RATE_LIMIT = '5';
});

const api = await startServer();
const owner = await firstOwner(api.url);
const [first, second, third] = [await newBearer(owner), await newBearer(owner), await newBearer(owner)];

const FILE = '/files/images/00000000-0000-7000-8000-000000000000';
let sent = 0;
/** With a header by which somebody may want to pass for somebody else each time. */
const get = (path: string, headers: Record<string, string> = {}) => {
  const other = `203.0.113.${++sent % 250}`;
  return fetch(`${api.url}${path}`, {
    headers: {
      'X-Forwarded-For': other,
      'X-Real-IP': other,
      Forwarded: `for=${other}`,
      Accept: 'application/json',
      ...headers,
    },
  });
};
const ask = (headers: Record<string, string> = {}) => get('/graphql?query={info{name}}', headers);

async function statuses(times: number, send: () => Promise<Response>) {
  const answers = await Promise.all(Array.from({ length: times }, send));
  return answers.map(({ status }) => status);
}

const REFUSAL = {
  code: 'RATE_LIMITED',
  limit: 20,
  retryAfterSeconds: expect.any(Number),
  correlationId: expect.any(String),
};

test('a key has its requests of a minute, whatever it says of where it is; others keep theirs', async () => {
  const authorization = { Authorization: first };
  expect(new Set(await statuses(20, () => ask(authorization)))).toEqual(new Set([200]));
  const refused = await ask(authorization);
  const retryAfter = Number(refused.headers.get('retry-after'));
  expect(retryAfter).toBeGreaterThan(0);
  expect(retryAfter).toBeLessThanOrEqual(60);
  expect([refused.status, await refused.json()]).toEqual([
    429,
    {
      errors: [
        {
          message: `More than 20 requests came within a minute. Try again in ${retryAfter} s.`,
          extensions: { ...REFUSAL, retryAfterSeconds: retryAfter },
        },
      ],
    },
  ]);
  expect((await ask({ Authorization: second })).status).toBe(200);
  // Files are counted by themselves.
  expect((await get(FILE, authorization)).status).toBe(404);
});

test('files have a budget of their own', async () => {
  const authorization = { Authorization: second };
  expect(await statuses(5, () => get(FILE, authorization))).toEqual([404, 404, 404, 404, 404]);
  const refused = await get(FILE, authorization);
  expect([refused.status, await refused.json()]).toEqual([
    429,
    { error: { ...REFUSAL, limit: 5, message: expect.stringContaining('More than 5 requests') } },
  ]);
  expect((await ask(authorization)).status).toBe(200);
});

test('an operation on a socket is counted with the requests of its key, and refused by itself', async () => {
  const client = createClient({
    url: `${api.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: third },
    retryAttempts: 0,
    lazy: false,
  });
  const run = () => client.iterate({ query: '{ info { name } }' }).next();
  for (let i = 0; i < 20; i++) expect((await run()).value.data.info.name).toBe('Isengard');
  for (let i = 0; i < 2; i++)
    await expect(run()).rejects.toEqual([
      { message: expect.stringContaining('More than 20 requests'), extensions: REFUSAL },
    ]);
  expect((await ask({ Authorization: third })).status).toBe(429);
  await client.dispose();
});

test('who is nobody is counted by address, and an address as a whole', async () => {
  const anonymous = await statuses(25, () => ask());
  expect(new Set(anonymous)).toEqual(new Set([401, 429]));
  // The first is not refused yet for what the others of its address did; with 80 from the address everybody is.
  expect((await ask({ Authorization: second })).status).toBe(200);
  await statuses(80, () => ask());
  expect((await ask({ Authorization: second })).status).toBe(429);
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => {});
  const response = await new Promise<{ statusCode?: number; headers: object }>((resolve) =>
    socket.once('unexpected-response', (_, answer) => resolve(answer)),
  );
  expect([response.statusCode, response.headers]).toEqual([
    429,
    expect.objectContaining({ 'retry-after': expect.any(String) }),
  ]);
  // Who watches over the server is always answered.
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
});
