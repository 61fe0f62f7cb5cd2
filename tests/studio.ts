import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { buildClient } from '#server/build-client.ts';
import { PARENT_VARIABLE } from '#server/parent.ts';
import type { ChildMessage } from '#server/supervise.ts';
import { type Api, apiAt } from './api.ts';
import { createDatabase } from './database.ts';

const module = (name: string) => fileURLToPath(new URL(`../server/${name}.ts`, import.meta.url));

type Env = Record<string, string>;
export type StudioServer = Api & { process: ChildProcess };

/** `await using` stops it, also when a test fails: a child that is left would keep the test process alive. */
export type Studio = StudioServer &
  AsyncDisposable & {
    volume: string;
    databaseUrl: string;
    /** What its processes have written to stdout, a line each. */
    logs: string[];
    /** Those that run. */
    processes: ReadonlySet<ChildProcess>;
    /** Those that ended by themselves and not well: nobody asked them to, and nobody killed them. */
    crashes: string[];
    /** Links to become the first owner. */
    setUpUrls: string[];
    /** A further server process; with `PORT`, at an address that one had before. */
    startServer(env?: Env): Promise<StudioServer>;
    /** A worker process, ready to work. */
    startWorker(env?: Env): Promise<ChildProcess>;
    stop(): Promise<void>;
  };

type Options = {
  env?: Env;
  client?: boolean;
  worker?: boolean;
  /** A migrated database, which stays; without it, there is one for this studio alone. */
  databaseUrl?: string;
  /** A folder, which stays. */
  volume?: string;
};

/** More than a process may take to stop in order (STOP_SECONDS). */
const PATIENCE_MS = 40_000;

/** The product as its users have it: API and worker as processes of their own, on a database and volume of their own. */
export async function startStudio(options: Options = {}): Promise<Studio> {
  if (options.client) await buildClient();
  await using setup = new AsyncDisposableStack();
  const databaseUrl = options.databaseUrl ?? (await ownDatabase(setup));
  const volume = options.volume ?? (await ownVolume(setup));
  const environment = {
    ...process.env,
    // A test process that is killed takes them along.
    [PARENT_VARIABLE]: String(process.pid),
    DATABASE_URL: databaseUrl,
    VOLUME_ROOT: volume,
    PORT: '0',
    ISENGARD_AUTH: 'off',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'error',
    ...options.env,
  };
  const processes = new Set<ChildProcess>();
  const sockets: Client[] = [];
  const logs: string[] = [];
  const crashes: string[] = [];
  const setUpUrls: string[] = [];
  setup.defer(() => stopAll(processes));
  setup.defer(async () => void (await Promise.all(sockets.map((client) => client.dispose()))));

  async function start(name: string, env: Env = {}) {
    const child = fork(module(name), {
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    processes.add(child);
    if (child.stdout) createInterface(child.stdout).on('line', (line) => logs.push(line));
    child.once('exit', (code) => {
      processes.delete(child);
      if (code !== null && code !== 0) crashes.push(`${name} ${child.pid} (exit code ${code})`);
    });
    const died = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`The ${name} ended while it started (${signal ?? code}).`);
    });
    const told = (async () => {
      for await (const [message] of on(child, 'message') as AsyncIterable<[ChildMessage]>)
        if (message.type === 'set-up') setUpUrls.push(message.url);
        else return message;
      throw new Error(`The ${name} said nothing.`);
    })();
    const message = await Promise.race([told, died]);
    died.catch(() => {});
    if (message.type === 'failed') throw new Error(message.message);
    return { process: child, message };
  }

  async function startServer(env?: Env): Promise<StudioServer> {
    const { process, message } = await start('main', env);
    const url = message.type === 'listening' ? message.url : '';
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    sockets.push(client);
    return { ...apiAt(url, client), process };
  }
  const startWorker = async (env?: Env) => (await start('worker', env)).process;

  const server = await startServer();
  if (options.worker ?? true) await startWorker();

  const studio = setup.move();
  const stop = () => studio.disposeAsync();
  return {
    ...{
      ...server,
      volume,
      databaseUrl,
      logs,
      processes,
      crashes,
      setUpUrls,
      startServer,
      startWorker,
      stop,
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function ownDatabase(setup: AsyncDisposableStack) {
  const database = await createDatabase();
  setup.defer(database.drop);
  return database.url;
}

async function ownVolume(setup: AsyncDisposableStack) {
  const volume = await mkdtemp(join(tmpdir(), 'isengard-studio-'));
  setup.defer(() => rm(volume, { recursive: true, force: true }));
  return volume;
}

/** In order; a process that does not heed it is killed, and the test fails. */
async function stopAll(processes: ReadonlySet<ChildProcess>) {
  const deaf: (number | undefined)[] = [];
  await Promise.all(
    [...processes].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      // One that a test has stopped hears nothing before it goes on.
      child.kill('SIGCONT');
      const kill = setTimeout(() => {
        deaf.push(child.pid);
        child.kill('SIGKILL');
      }, PATIENCE_MS);
      await exited;
      clearTimeout(kill);
    }),
  );
  if (deaf.length > 0) throw new Error(`These processes did not stop on SIGTERM: ${deaf.join(', ')}.`);
}
