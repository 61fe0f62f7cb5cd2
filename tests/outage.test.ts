import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '#server/migrate.ts';
import { type Postgres, startPostgres } from '#server/postgres.ts';
import type { Data } from './api.ts';
import { realPhotos } from './pictures.ts';
import { createCharacter, eventsOf, startTraining, uploadImages } from './steps.ts';
import { type Studio, startStudio } from './studio.ts';
import { until } from './until.ts';

let folder: string;
let database: Postgres;
let studio: Studio;

/** Durable as in earnest: what a test's own cluster leaves out would lose the last commits. */
const start = (port?: number) => startPostgres({ dataDir: join(folder, 'cluster'), port });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isengard-outage-test-'));
  database = await start();
  await migrate(database.url);
  studio = await startStudio({ databaseUrl: database.url, env: { FAST_TEST_STEP_MS: '20' } });
}, 60_000);

afterAll(async () => {
  await studio.stop();
  await database.stop();
  await rm(folder, { recursive: true });
});

async function kill() {
  process.kill(database.pid, 'SIGKILL');
  await database.ended;
}

/** From the next statement on it is there again, at its old address. */
async function comeBack() {
  database = await start(database.port);
}

const LIST = '{ characters(first: 100) { totalCount edges { node { name } } } }';
const TRAINING =
  'query ($id: ID!) { training(id: $id) { state step attempt metrics(points: 5000) { step } } }';

test('while the database is away every door says so, and no process ends of it', async () => {
  const before = [...studio.processes].map(({ pid }) => pid);
  const { id } = await createCharacter(studio, 'Before');
  await kill();

  const { answer, response } = await studio.request(LIST);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(answer.errors?.[0]).toMatchObject({
    message: 'The database is away; try again.',
    extensions: { code: 'UNAVAILABLE', correlationId: expect.any(String) },
  });
  await expect(createCharacter(studio, 'Meanwhile')).rejects.toThrow('UNAVAILABLE');
  await expect(studio.subscribe(LIST).next()).rejects.toThrow('UNAVAILABLE');
  const file = await fetch(`${studio.url}/files/images/${id}`);
  expect([file.status, (await file.json()).error.code]).toEqual([503, 'UNAVAILABLE']);
  const ready = await fetch(`${studio.url}/readyz`);
  expect([ready.status, (await ready.json()).checks]).toEqual([
    503,
    { database: 'unreachable', migrations: 'unknown: the database does not answer', volume: 'ok' },
  ]);
  expect((await fetch(`${studio.url}/healthz`)).status).toBe(200);

  await comeBack();
  expect((await studio.graphql(LIST)).characters.edges).toEqual([{ node: { name: 'Before' } }]);
  expect((await fetch(`${studio.url}/readyz`)).status).toBe(200);
  expect([...studio.processes].map(({ pid }) => pid)).toEqual(before);
});

test('killed again and again under load, it keeps all that was acknowledged', async () => {
  const acknowledged: string[] = [];
  const refusals = new Set<string>();
  let isOver = false;
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let n = 0; !isOver; n++) {
      const name = `Load ${client} ${n}`;
      await createCharacter(studio, name).then(
        () => acknowledged.push(name),
        ({ message }: Error) => refusals.add(/"code":"(\w+)"/.exec(message)?.[1] ?? message),
      );
    }
  });
  for (let round = 1; round <= 3; round++) {
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 30, `they are served in round ${round}`);
    await kill();
    await comeBack();
  }
  isOver = true;
  await Promise.all(clients);
  expect([...refusals]).toEqual(['UNAVAILABLE']);
  const found = new Set(await allNames());
  expect(acknowledged.filter((name) => !found.has(name))).toEqual([]);
});

async function allNames() {
  const names: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: Data = await studio.graphql(
      `query ($after: String) { characters(first: 100, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } }`,
      { after },
    );
    names.push(...page.characters.edges.map(({ node }: Data) => node.name));
    if (!page.characters.pageInfo.hasNextPage) return names;
    after = page.characters.pageInfo.endCursor;
  }
}

test('a server that starts while the database is away waits for it', async () => {
  await kill();
  const server = studio.startServer();
  // It has asked in vain, or is about to; either way it must not have given up.
  await comeBack();
  expect((await (await server).request(LIST)).response.status).toBe(200);
});

test('a server that starts while the database takes no more connections waits for it', async () => {
  const admin = postgres(database.url, { max: 1, onnotice: () => {} });
  const { username } = new URL(database.url);
  await admin`create role crowded login password 'crowded' connection limit 0 in role ${admin(username)}`;
  const address = Object.assign(new URL(database.url), { username: 'crowded', password: 'crowded' });
  const server = studio.startServer({ DATABASE_URL: address.href });
  const isRefused = async () =>
    (await readFile(join(folder, 'postgres.log'), 'utf8')).includes('too many connections for role');
  await until(isRefused, 'it was refused');
  await admin`alter role crowded connection limit 20`;
  await admin.end();
  expect((await (await server).request(LIST)).response.status).toBe(200);
});

test('a training goes on through an outage and completes', async () => {
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 2));
  const { id } = await startTraining(studio, character.id, { steps: 200, samplePrompts: [], rank: 4 });
  const training = async () => (await studio.graphql(TRAINING, { id })).training;
  await until(async () => (await training()).step > 30, 'it trains', { seconds: 60 });
  await kill();
  await comeBack();
  const events = await eventsOf(studio, id);
  expect(events.at(-1)).toMatchObject({ state: 'COMPLETED' });
  const { metrics } = await training();
  expect(metrics.map(({ step }: Data) => step)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
}, 120_000);
