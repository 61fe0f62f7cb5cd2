import { sql } from 'drizzle-orm';
import { createClient } from 'graphql-ws';
import { symbols } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';
import { db } from './db.ts';
import { log } from './log.ts';

const api = await startServer();
const SECRET = 'a word of "somebody"\nparams: and\n    at line:2:3 two';

let written: string[] = [];

beforeEach(() => {
  written = [];
  log.level = 'warn';
  const stream = (log as unknown as Record<symbol, { write: (line: string) => unknown }>)[symbols.streamSym];
  if (!stream) throw new Error('pino has no stream any more');
  vi.spyOn(stream, 'write').mockImplementation((line) => written.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  log.level = 'silent';
});

const lines = (): Data[] => written.map((line) => JSON.parse(line));

/** While it runs, whatever asks for characters or jobs meets an outage. */
async function withoutTables(run: () => Promise<void>) {
  await db.execute(sql`alter table characters rename to hidden_characters`);
  await db.execute(sql`alter table jobs rename to hidden_jobs`);
  try {
    await run();
  } finally {
    await db.execute(sql`alter table hidden_characters rename to characters`);
    await db.execute(sql`alter table hidden_jobs rename to jobs`);
  }
}

const CREATE = `mutation ($input: CreateCharacterInput!) { createCharacter(input: $input) { __typename } }`;
const INPUT = { input: { name: 'Mara', triggerWord: 'unheard-of-word' } };

test('a failed statement says what the database said, and nobody’s words', async () => {
  const error = await db
    .execute(sql`select ${SECRET}::text, ${'unheard-of-word'}::text, 1 / 0`)
    .catch((error) => error);
  log.error({ error }, 'It failed');
  expect(lines()).toEqual([
    {
      time: expect.any(String),
      level: 'error',
      service: 'server',
      message: 'It failed',
      error: {
        type: 'DrizzleQueryError',
        message: 'Failed query: select $1::text, $2::text, 1 / 0',
        stack: expect.stringMatching(
          /^DrizzleQueryError: Failed query: select \$1::text, \$2::text, 1 \/ 0\n {4}at /,
        ),
        cause: { message: 'division by zero', code: '22012' },
      },
    },
  ]);
  expect(written.join()).not.toMatch(/somebody|unheard-of-word|params|two/);
});

test('an error of the system keeps its code, and anything may be thrown', () => {
  log.error({ error: Object.assign(new TypeError('no'), { code: 'ENOENT', path: SECRET }) }, 'A');
  log.error({ error: 'a string' }, 'B');
  log.error({ error: undefined }, 'C');
  expect(lines().map(({ error }) => error)).toEqual([
    { type: 'TypeError', message: 'no', code: 'ENOENT', stack: expect.stringMatching(/^TypeError: no\n/) },
    'a string',
    undefined,
  ]);
});

test('over HTTP a bug is masked, and its line has the cause and the id that the answer has', async () => {
  await withoutTables(async () => {
    const { answer } = await api.request(CREATE, INPUT, { 'X-Correlation-ID': 'http-1' });
    expect(answer.errors).toMatchObject([
      {
        message: 'Something went wrong. The server log says what, under this correlation id.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'http-1' },
      },
    ]);
  });
  expect(lines()).toMatchObject([
    { correlationId: 'http-1', error: { type: 'DrizzleQueryError', cause: { code: '42P01' } } },
  ]);
  expect(written.join()).not.toContain('unheard-of-word');
});

test('over the socket likewise, for operations and for every event of a subscription', async () => {
  const failureOf = async (query: string, correlationId?: string) => {
    const client = createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(correlationId ? { connectionParams: { correlationId } } : {}),
    });
    try {
      const { value } = await client.iterate({ query }).next();
      return value?.errors?.[0];
    } finally {
      await client.dispose();
    }
  };
  const LIST = '{ characters { totalCount } }';
  const WATCH = 'subscription { trainingUpdates(trainingId: "01900000-0000-7000-8000-000000000000") { id } }';
  await withoutTables(async () => {
    for (const [query, id] of [
      [LIST, 'socket-1'],
      [WATCH, 'socket-2'],
    ] as const)
      expect(await failureOf(query, id)).toMatchObject({ extensions: { correlationId: id } });
    const { correlationId } = (await failureOf(LIST))?.extensions ?? {};
    expect(lines().map((line) => line.correlationId)).toEqual(['socket-1', 'socket-2', correlationId]);
  });
});
