import { and, eq, inArray, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { jobEvents, jobLogs, jobs } from '#schema/jobs.ts';
import type { Data } from '#tests/api.ts';
import { startServer } from '#tests/server.ts';
import { eventsOf } from '#tests/steps.ts';
import { until } from '#tests/until.ts';
import { db, one } from '../db.ts';
import { recordJob, stateEvent } from './record.ts';

const api = await startServer();

/** A job that nobody runs but the test. */
async function newJob() {
  const running = {
    kind: 'generation',
    state: 'running',
    attempt: 1,
    engine: 'fast-test',
    steps: 1,
  } as const;
  const values = { ...running, title: 'Test', correlationId: 'test' };
  return one(await db.insert(jobs).values(values).returning()).id;
}

const say = (id: string, ...messages: string[]) =>
  db.transaction((tx) =>
    recordJob(tx, id, {
      where: undefined,
      logs: messages.map((message) => ({ level: 'info', message })),
    }),
  );

const end = (id: string) =>
  db.transaction((tx) =>
    recordJob(tx, id, {
      where: undefined,
      set: { state: 'completed', finishedAt: new Date() },
      events: [stateEvent({ state: 'completed', attempt: 1, failure: null })],
    }),
  );

const cursors = (events: Data[]) => events.map(({ cursor }) => Number(cursor));
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

test('followers miss nothing while the connection that listens is killed again and again', async () => {
  const id = await newJob();
  await say(id, 'first');
  const all = Promise.all([eventsOf(api, id), eventsOf(api, id, '1'), eventsOf(api, id)]);
  for (let n = 2; n < 300; n++) {
    await say(id, `line ${n}`);
    if (n % 60 === 0)
      await db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
                           where datname = current_database() and query ilike 'listen%'`);
  }
  await end(id);
  const [first = [], second = [], third = []] = await all;
  expect(cursors(first)).toEqual(upTo(300));
  expect(cursors(second)).toEqual(upTo(300).slice(1));
  expect(third).toEqual(first);
});

test('a history of which only a part is kept is told as far as it is, and ends', async () => {
  const id = await newJob();
  await say(id, ...upTo(450).map(String));
  await end(id);
  const kept = [3, 4, 250, 251, 449];
  await db
    .delete(jobLogs)
    .where(and(eq(jobLogs.jobId, id), sql`${jobLogs.seq} <> all(${sql.param(kept)}::int[])`));
  expect(cursors(await eventsOf(api, id))).toEqual([...kept, 451]);
  expect(cursors(await eventsOf(api, id, '100'))).toEqual([250, 251, 449, 451]);
  expect(cursors(await eventsOf(api, id, '450'))).toEqual([451]);
  await db.delete(jobEvents).where(and(eq(jobEvents.jobId, id), inArray(jobEvents.seq, [451])));
  expect(cursors(await eventsOf(api, id))).toEqual(kept);
  expect(await eventsOf(api, id, '450')).toEqual([]);
});

test.each(['', '-1', '1.0', ' 1', '٣', '３', '99999999999', '2147483648', '1 or 1=1', '7'])(
  'a cursor that no event has is refused: "%s"',
  async (after) => {
    const id = await newJob();
    await expect(eventsOf(api, id, after)).rejects.toThrow('BAD_CURSOR');
  },
);

test('server-sent events: replay, live, and a client that leaves in between', async () => {
  const id = await newJob();
  await say(id, 'first');
  const leaving = new AbortController();
  const document = 'subscription ($id: ID!) { jobEvents(jobId: $id) { cursor } }';
  const open = (signal?: AbortSignal) =>
    fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({ query: document, variables: { id } }),
      signal,
    });
  const [staying, left] = [await open(), await open(leaving.signal)];
  await left.body?.getReader().read();
  leaving.abort();
  const text = staying.text();
  await say(id, 'second');
  await end(id);
  expect([...(await text).matchAll(/"cursor":"(\d+)"/g)].map(([, cursor]) => Number(cursor))).toEqual(
    upTo(3),
  );
});

/** A client that speaks the protocol by hand, so that it can stop to read. */
async function openClient() {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: Data[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const send = (message: object) => socket.send(JSON.stringify(message));
  await new Promise((resolve) => socket.once('open', resolve));
  send({ type: 'connection_init' });
  await until(() => messages.length === 1, 'the connection is acknowledged');
  return { socket, messages, send };
}

const EVENTS = 'subscription ($id: ID!) { jobEvents(jobId: $id) { cursor ... on JobLogged { message } } }';

test('what an engine says is kept without the secrets and home paths in it, and not without end', async () => {
  const id = await newJob();
  const token = `hf_${'aB3dE5fG7h'.repeat(3)}`;
  await say(
    id,
    `Loading with ${token} into /home/mara/.cache`,
    'step 3: loss 0.12, pad_token=<pad>',
    'HF_TOKEN=x python run.py',
    `${'🦊'.repeat(20_000)}`,
  );
  await end(id);
  const lines = (await eventsOf(api, id)).flatMap(({ message }) => message ?? []);
  expect(lines.slice(0, 3)).toEqual([
    'Loading with [redacted] into ~/.cache',
    'step 3: loss 0.12, pad_token=<pad>',
    'HF_TOKEN=[redacted] python run.py',
  ]);
  expect(lines[3]).toHaveLength(10_000);
  expect(lines[3]).toMatch(/🦊.?…$/u);
});

test('a client that does not read holds up nobody, and goes on where it stopped', async () => {
  const id = await newJob();
  const slow = await openClient();
  slow.send({ id: 'a', type: 'subscribe', payload: { query: EVENTS, variables: { id } } });
  await say(id, 'first');
  await until(() => slow.messages.length === 2, 'it follows');
  slow.socket.pause();
  const quick = eventsOf(api, id);
  // More than the buffers of the kernel and the shared window hold.
  const long = 'x'.repeat(9_900);
  for (let n = 0; n < 60; n++) await say(id, ...Array<string>(25).fill(long));
  await end(id);
  expect(cursors(await quick)).toEqual(upTo(1502));
  slow.socket.resume();
  await until(() => slow.messages.at(-1)?.type === 'complete', 'the slow client has all');
  const frames = slow.messages.filter(({ type }) => type === 'next');
  expect(cursors(frames.map(({ payload }) => payload.data.jobEvents))).toEqual(upTo(1502));
  slow.socket.close();
});

test('one socket has a hundred operations at a time; one more is refused, and the others go on', async () => {
  const id = await newJob();
  const client = await openClient();
  for (let n = 0; n < 101; n++)
    client.send({ id: String(n), type: 'subscribe', payload: { query: EVENTS, variables: { id } } });
  const refused = await until(() => client.messages.find(({ type }) => type === 'error'), 'one is refused');
  expect(refused).toMatchObject({
    id: '100',
    payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS', limit: 100 } }],
  });
  client.send({ id: '0', type: 'complete' });
  client.send({ id: 'again', type: 'subscribe', payload: { query: EVENTS, variables: { id } } });
  await say(id, 'heard by a hundred');
  const told = () => client.messages.filter(({ type }) => type === 'next').map(({ id }) => id);
  await until(() => told().length === 100, 'a hundred are told');
  expect(new Set(told()).size).toBe(100);
  expect(told()).toContain('again');
  client.socket.close();
});
