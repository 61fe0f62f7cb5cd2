import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { buildClient } from '#server/build-client.ts';
import { apiAt } from './api.ts';
import { createDatabase } from './database.ts';
import { accept, callerAt } from './people.ts';
import { realPhotos } from './pictures.ts';
import { processesOf } from './processes.ts';
import { createCharacter, startTraining, uploadImages } from './steps.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const project = join(import.meta.dirname, '..');
const NOBODY = 65_534;
const nobody = { uid: NOBODY, gid: NOBODY };
/** Another user can be tried only by root, and only where that user can read the project and its Node. */
const canTryNobody =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ['--check', 'server/start.ts'], { ...nobody, cwd: project }).status === 0;

/** The address and, while it has no owner, how one gets to be it. */
const READY =
  /^Isengard is ready: (?<address>http:\S+)\n(\nIt has no owner yet\. Become the owner with this link, once, within an hour:\n\n {2}(?<link>\S+)\n\n)?$/;

let volume: string;
let started: ChildProcess[];

// Built once here, so that no start below does it, least of all the one that may not write to the project.
beforeAll(() => buildClient());

beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), 'isengard-start-test-'));
  started = [];
});

afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  await vi.waitFor(() => expect(processesOf(volume)).toEqual([]), { timeout: 10_000 });
  await rm(volume, { recursive: true });
});

/** Ours without what npm and vitest put there. */
function environment(own: NodeJS.ProcessEnv = {}) {
  const {
    DATABASE_URL: _,
    NODE_ENV: __,
    npm_lifecycle_event: ___,
    ISENGARD_AUTH: ____,
    ...inherited
  } = process.env;
  return { ...inherited, VOLUME_ROOT: volume, PORT: '0', HOST: '127.0.0.1', ...own };
}

/** What `npm start` runs. */
function start(env: NodeJS.ProcessEnv = {}, user: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, ['server/start.ts'], {
    ...user,
    cwd: project,
    env: environment(env),
  });
  started.push(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output, errors }));
  const address = vi.waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`It ended: ${errors}`);
      return READY.exec(output)?.groups?.address;
    },
    { timeout: 50_000, interval: 20 },
  );
  address.catch(() => {});
  return { child, ended, address };
}

async function ask(address: string) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  return response.json();
}

const isQuery = { data: { __typename: 'Query' } };
const allGone = (timeout: number) =>
  vi.waitFor(() => expect(processesOf(volume)).toEqual([]), { timeout, interval: 50 });

test('one command gives an address that answers and a link for the owner, and SIGTERM stops all of it', async () => {
  const first = start();
  const address = await first.address;
  expect(await ask(address)).toEqual(isQuery);
  const owner = callerAt(address);
  expect((await owner.ask('{ info { name } }')).status).toBe(401);
  first.child.kill('SIGTERM');
  const { code, output, errors } = await first.ended;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(processesOf(volume)).toEqual([]);

  // The link of this start, used after the next: it is the same installation.
  const secret = READY.exec(output)?.groups?.link?.replace(`${address}/set-up#`, '');
  const second = start();
  const there = callerAt(await second.address);
  expect((await accept(there, { secret, name: 'Olga' })).__typename).toBe('AcceptInvitationSuccess');
  expect((await there.get('{ info { name } }')).info.name).toBe('Isengard');
  second.child.kill('SIGTERM');
  await second.ended;

  const third = start();
  await third.address;
  third.child.kill('SIGTERM');
  expect((await third.ended).output).toBe(`Isengard is ready: ${await third.address}\n`);
  for (const file of await readdir(join(volume, 'logs'), { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain(secret);
});

test('without accounts it says so, loudly, and not on a network', async () => {
  const { child, ended, address } = start({ ISENGARD_AUTH: 'off' });
  expect((await callerAt(await address).get('{ info { name } }')).info.name).toBe('Isengard');
  child.kill('SIGTERM');
  expect((await ended).errors).toBe(
    'WARNING: ISENGARD_AUTH=off. Whoever uses this machine, and every program on it, may see and delete everything.\n',
  );
  const open = await start({ ISENGARD_AUTH: 'off', HOST: '0.0.0.0', PUBLIC_URL: 'http://a.example' }).ended;
  expect(open).toMatchObject({ code: 1, output: '' });
  expect(open.errors).toMatch(/^ISENGARD_AUTH=off lets everybody in [^\n]+\n$/);
});

test('Ctrl-C that arrives twice at once, as through npm, stops in order, and the next start finds everything', async () => {
  const first = start();
  await first.address;
  first.child.kill('SIGINT');
  first.child.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 0, errors: '' });
  const second = start();
  expect(await ask(await second.address)).toEqual(isQuery);
  second.child.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0, errors: '' });
  expect(await readFile(join(volume, 'postgres', 'postgres.log'), 'utf8')).not.toContain(
    'was not properly shut down',
  );
});

test('a stop in the middle of the start leaves nothing running', async () => {
  const { child, ended } = start();
  await vi.waitUntil(() => processesOf(volume).length > 1, { timeout: 10_000, interval: 5 });
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, output: '', errors: '' });
  await allGone(5000);
});

test('a kill -9 of the parent leaves nothing running for longer than five seconds, and the next start is a usual one', async () => {
  const { child, address } = start();
  await address;
  expect(processesOf(volume).length).toBeGreaterThan(4);
  child.kill('SIGKILL');
  await allGone(5000);
  expect(await ask(await start().address)).toEqual(isQuery);
});

test('a kill -9 of npm leaves nothing running for longer than five seconds either', async () => {
  const npm = spawn('npm', ['start'], {
    cwd: project,
    env: environment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(npm);
  let output = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await vi.waitUntil(() => output.includes('Isengard is ready'), { timeout: 50_000 });
  npm.kill('SIGKILL');
  await allGone(5000);
});

test('workers and a server that are killed come back at the same address', async () => {
  const { child, address } = start();
  const url = await address;
  const killed = forked();
  expect(killed).toHaveLength(3);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await ask(url)).toEqual(isQuery), { timeout: 20_000 });
  await vi.waitUntil(() => forked().length === 3, { timeout: 20_000 });
  expect(child.exitCode).toBeNull();
});

test('a database that is killed under load comes back, with all that was acknowledged, and a training goes on', async () => {
  const { child, ended, address } = start({ FAST_TEST_STEP_MS: '20', ISENGARD_AUTH: 'off' });
  const api = apiAt(await address, createClient({ url: await address, webSocketImpl: WebSocket }));
  const before = forked();
  const character = await createCharacter(api);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 2));
  const training = await startTraining(api, character.id, { steps: 200, samplePrompts: [], rank: 4 });
  const step = async () => (await api.graphql(TRAINING, { id: training.id })).training.step;
  await until(async () => (await step()) > 20, 'it trains');

  let isOver = false;
  const acknowledged: string[] = [];
  const load = Array.from({ length: 4 }, async (_, client) => {
    for (let n = 0; !isOver; n++)
      await createCharacter(api, `Load ${client} ${n}`).then(
        ({ id }) => acknowledged.push(id),
        () => {},
      );
  });
  await until(() => acknowledged.length > 20, 'there is load');
  process.kill(await postmaster(), 'SIGKILL');
  const atDeath = acknowledged.length;
  await until(() => acknowledged.length > atDeath + 20, 'it serves again');
  isOver = true;
  await Promise.all(load);

  for (const id of acknowledged)
    expect((await api.graphql('query ($id: ID!) { character(id: $id) { id } }', { id })).character).toEqual({
      id,
    });
  await until(
    async () => (await api.graphql(TRAINING, { id: training.id })).training.state === 'COMPLETED',
    'it completes',
  );
  expect(forked()).toEqual(before);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
  expect(processesOf(volume)).toEqual([]);
});

const TRAINING = 'query ($id: ID!) { training(id: $id) { state step } }';

async function postmaster() {
  const file = await readFile(join(volume, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
  return Number.parseInt(file, 10);
}

/** The server and the workers of this volume. */
function forked() {
  const ofModules = ['server/main.ts', 'server/worker.ts'].flatMap((file) =>
    processesOf(join(project, file)),
  );
  return processesOf(volume).filter((pid) => ofModules.includes(pid));
}

test('a second start on the volume says where the first one is', async () => {
  const first = start();
  const address = await first.address;
  const { code, output, errors } = await start().ended;
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(errors).toMatch(
    new RegExp(
      `^Isengard already runs on the volume ${volume}, at ${address} \\(process ${first.child.pid} on .+\\)\\.\n$`,
    ),
  );
  expect(await ask(address)).toEqual(isQuery);
});

test('a port that is taken is said before anything is started', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  expect(await start({ PORT: String(port) }).ended).toEqual({
    code: 1,
    output: '',
    errors: `Port ${port} on 127.0.0.1 is taken: stop what uses it, or set PORT.\n`,
  });
  other.close();
});

test('a volume that cannot be made', async () => {
  const file = join(volume, 'file');
  await writeFile(file, '');
  expect(await start({ VOLUME_ROOT: join(file, 'volume') }).ended).toEqual({
    code: 1,
    output: '',
    errors: `The volume ${file}/volume cannot be written (ENOTDIR): set VOLUME_ROOT to a folder that can.\n`,
  });
});

test('with DATABASE_URL it keeps no database of its own', async () => {
  const database = await createDatabase();
  const { child, ended, address } = start({ DATABASE_URL: database.url });
  expect(await ask(await address)).toEqual(isQuery);
  expect(await readdir(volume)).not.toContain('postgres');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, errors: '' });
  await database.drop();
});

test('a database that cannot be reached, without its password', async () => {
  const { code, errors } = await start({ DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/there' }).ended;
  expect(code).toBe(1);
  expect(errors).toBe(
    'The database 127.0.0.1:1/there cannot be reached: connect ECONNREFUSED 127.0.0.1:1.\n',
  );
});

test('a variable that is not usable', async () => {
  const { code, errors } = await start({ PORT: 'http' }).ended;
  expect(code).toBe(1);
  expect(errors).toMatch(/^The environment variable PORT is not usable: [^\n]+\n$/);
});

test.runIf(canTryNobody)('an ordinary user starts it', async () => {
  await chown(volume, NOBODY, NOBODY);
  const { child, ended, address } = start({}, nobody);
  expect(await ask(await address)).toEqual(isQuery);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, errors: '' });
});

test.runIf(canTryNobody)('an ordinary user on a volume of somebody else', async () => {
  const { code, errors } = await start({}, nobody).ended;
  expect(code).toBe(1);
  expect(errors).toBe(
    `The volume ${volume} cannot be written (EACCES): set VOLUME_ROOT to a folder that can.\n`,
  );
});

test('production starts before its engines do: what they cannot do yet is told where it is asked', async () => {
  // Nothing listens there.
  const { child, ended, address } = start({
    ISENGARD_MODE: 'production',
    COMFYUI_URLS: 'http://127.0.0.1:9',
  });
  expect(await ask(await address)).toEqual(isQuery);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, errors: '' });
});
