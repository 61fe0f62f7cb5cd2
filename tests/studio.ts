import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { buildClient } from '#server/build-client.ts';
import type { ChildMessage } from '#server/supervise.ts';
import { type Api, apiAt } from './api.ts';
import { createDatabase } from './database.ts';

const module = (name: string) => fileURLToPath(new URL(`../server/${name}.ts`, import.meta.url));

/** `await using` stops it, also when a test fails: a child that is left would keep the test process alive. */
export type Studio = Api &
  AsyncDisposable & {
    volume: string;
    /** What its processes have written to stdout, a line each. */
    logs: string[];
    /** A worker process, ready to work. */
    startWorker(env?: Record<string, string>): Promise<ChildProcess>;
    stop(): Promise<void>;
  };

/** The product as its users have it: API and worker as processes of their own, on a database and volume of their own. */
export async function startStudio(
  options: { env?: Record<string, string>; client?: boolean; worker?: boolean } = {},
): Promise<Studio> {
  if (options.client) await buildClient();
  const database = await createDatabase();
  const volume = await mkdtemp(join(tmpdir(), 'isengard-studio-'));
  const environment = {
    ...process.env,
    DATABASE_URL: database.url,
    VOLUME_ROOT: volume,
    PORT: '0',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    ...options.env,
  };
  const children = new Set<ChildProcess>();
  const logs: string[] = [];

  async function start(name: string, env: Record<string, string> = {}) {
    const child = fork(module(name), {
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    children.add(child);
    if (child.stdout) createInterface(child.stdout).on('line', (line) => logs.push(line));
    child.once('exit', () => children.delete(child));
    const [message] = (await once(child, 'message')) as [ChildMessage];
    if (message.type === 'failed') throw new Error(message.message);
    return { child, message };
  }

  const { message } = await start('main');
  const url = message.type === 'listening' ? message.url : '';
  const sockets = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const startWorker = async (env?: Record<string, string>) => (await start('worker', env)).child;
  if (options.worker ?? true) await startWorker();

  async function stop() {
    await sockets.dispose();
    await Promise.all(
      [...children].map(async (child) => {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }),
    );
    await database.drop();
    await rm(volume, { recursive: true, force: true });
  }

  return { ...apiAt(url, sockets), volume, logs, startWorker, stop, [Symbol.asyncDispose]: stop };
}
