import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processesOf } from '#tests/processes.ts';
import { dailyLog } from './daily-log.ts';
import { identityOf } from './processes.ts';
import { type Supervised, supervise } from './supervise.ts';

vi.setConfig({ testTimeout: 20_000 });

let folder: string;
let children: Supervised[];
let givenUp: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isengard-supervise-test-'));
  children = [];
  givenUp = [];
});

afterEach(async () => {
  await Promise.all(children.map(({ stop }) => stop()));
  await vi.waitFor(() => expect(processesOf(folder)).toEqual([]));
  rmSync(folder, { recursive: true });
});

/** Runs these lines as a supervised process. */
function run(code: string, env: NodeJS.ProcessEnv = {}, more: { startSeconds?: number } = {}) {
  const module = join(folder, 'child.ts');
  writeFileSync(module, code);
  const onGivenUp = (reason: string) => givenUp.push(reason);
  const log = dailyLog(join(folder, 'logs'));
  const child = supervise({
    name: 'server',
    module,
    env: { ...process.env, ...env, FOLDER: folder },
    log,
    onGivenUp,
    ...more,
  });
  children.push(child);
  return child;
}

const stay = 'setInterval(() => {}, 1000);';
const listening = `process.send({ type: 'listening', url: 'http://localhost:' + (process.env.PORT === '0' ? 4567 : process.env.PORT) });`;

test('it is ready when it says so, and what it prints is in the log of the day', async () => {
  const child = run(`console.log('{"level":"info"}'); ${listening} ${stay}`, { PORT: '1234' });
  expect(await child.ready).toBe('http://localhost:1234');
  const today = new Date().toISOString().slice(0, 10);
  await vi.waitFor(() =>
    expect(readFileSync(join(folder, 'logs', `${today}.log`), 'utf8')).toBe('{"level":"info"}\n'),
  );
});

test('what it says about its failed start is passed on', async () => {
  await expect(run(`process.send({ type: 'failed', message: 'No.' }); ${stay}`).ready).rejects.toThrow(
    /^No\.$/,
  );
});

test('a crash during the start shows what it crashed of', async () => {
  await expect(run(`throw new Error('the reason')`).ready).rejects.toThrow(
    /^The server ended while it started \(exit code 1\)\.\n[\s\S]*the reason/,
  );
});

test('after a kill it runs again, on the port that it had', async () => {
  const child = run(
    `require('node:fs').appendFileSync(process.env.FOLDER + '/ports', process.env.PORT + ' ');${listening} ${stay}`,
    {
      PORT: '0',
    },
  );
  await child.ready;
  const first = child.pid() ?? 0;
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(child.pid()).not.toBe(first));
  await vi.waitFor(() => expect(readFileSync(join(folder, 'ports'), 'utf8')).toBe('0 4567 '), {
    timeout: 5000,
  });
  expect(givenUp).toEqual([]);
});

test('it is given up after five quick deaths', async () => {
  const child = run(`process.send({ type: 'ready' }); setTimeout(() => process.exit(3), 5);`);
  await child.ready;
  await vi.waitFor(() => expect(givenUp).toEqual(['The server stopped 5 times in a row (exit code 3).']), {
    timeout: 15_000,
  });
});

test.each([
  { error: 'ENOENT', node: '/nowhere/node' },
  { error: 'ENOTDIR', node: '/etc/passwd/node' },
])('when the system cannot start it again ($error) it is given up, too', async ({ error, node }) => {
  const child = run(`process.send({ type: 'ready' }); ${stay}`);
  await child.ready;
  const { execPath } = process;
  process.execPath = node;
  process.kill(child.pid() ?? 0, 'SIGKILL');
  try {
    await vi.waitFor(() => expect(givenUp).toHaveLength(1), { timeout: 15_000 });
  } finally {
    process.execPath = execPath;
  }
  expect(givenUp[0]).toMatch(new RegExp(`^The server stopped 5 times in a row \\(.*${error}\\)\\.$`));
});

test('who comes back and never gets ready is killed, with all of its group, and started again', async () => {
  const child = run(
    `const fs = require('node:fs');
    const starts = process.env.FOLDER + '/starts';
    fs.appendFileSync(starts, '.');
    if (fs.statSync(starts).size !== 2) process.send({ type: 'ready' });
    else require('node:child_process').spawn('sleep', ['60'], { cwd: process.env.FOLDER });
    ${stay}`,
    {},
    { startSeconds: 3 },
  );
  await child.ready;
  process.kill(child.pid() ?? 0, 'SIGKILL');
  const starts = () => readFileSync(join(folder, 'starts'), 'utf8');
  await vi.waitFor(() => expect(starts()).toBe('...'), { timeout: 15_000 });
  expect(givenUp).toEqual([]);
});

test('stopping waits for its orderly end', async () => {
  const child = run(`
    process.on('SIGTERM', () => setTimeout(() => { console.log('in order'); process.exit(0); }, 100));
    process.send({ type: 'ready' }); ${stay}`);
  await child.ready;
  const pid = child.pid() ?? 0;
  await child.stop();
  expect(identityOf(pid)).toBeUndefined();
  const today = new Date().toISOString().slice(0, 10);
  await vi.waitFor(() =>
    expect(readFileSync(join(folder, 'logs', `${today}.log`), 'utf8')).toBe('in order\n'),
  );
});

test('a kill ends it and what it started in its group, even when it does not listen', async () => {
  const child = run(`
    require('node:child_process').spawn('sleep', ['60']);
    process.on('SIGTERM', () => {}); process.send({ type: 'ready' }); ${stay}`);
  await child.ready;
  const stopped = child.stop();
  child.kill();
  await stopped;
});
