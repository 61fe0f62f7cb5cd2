import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay, setInterval } from 'node:timers/promises';
import connect from 'postgres';
import { type Guard, guard } from './guardian.ts';
import {
  type Cluster,
  clusterUrl,
  dataPath,
  lastComplaint,
  openCluster,
  POSTGRES_ENV,
} from './postgres-cluster.ts';
import { commandOf, identityOf, isGoneWithin, signal } from './processes.ts';

export type Postgres = {
  /** Database `isengard`, with the password. */
  url: string;
  pid: number;
  port: number;
  /** Resolves when the server is gone, whoever stopped it. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // TCP only: the path of a socket is limited to 107 bytes, and a volume may lie deeper than that.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Our rules are constraints, so an ERROR is daily business, and its statement would put prompts into the log.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};
const VOLATILE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export type PostgresOptions = {
  dataDir: string;
  /** For tests: nothing is fsynced. */
  volatile?: boolean;
  /** Where it was before, for those who know it there. A free one when it is not given. */
  port?: number | undefined;
};

/**
 * Starts the PostgreSQL that npm installed on `dataDir`, making the cluster when there is none. It outlives this process by
 * seconds at most, however this process ends.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, volatile = false, port: wanted } = options;
  const cluster = await openCluster(dataDir, !volatile);
  const { pid, port, guard } =
    (await adoptOrphan(cluster)) ??
    (await launch(cluster, { settings: { ...SETTINGS, ...(volatile && VOLATILE) }, port: wanted }));
  const identity = identityOf(pid);
  return {
    url: await clusterUrl(cluster, port),
    pid,
    port,
    ended: end(pid, identity).then(guard.release),
    async stop() {
      if (identityOf(pid) === identity) await shutDown(pid);
      guard.release();
    },
  };
}

/** How soon its end is noticed. Elsewhere than on Linux, a look starts a process. */
const LOOK_MS = process.platform === 'linux' ? 100 : 1000;

type Running = { pid: number; port: number; guard: Guard };

type Launch = { settings: Record<string, string>; port: number | undefined; attempt?: number };

async function launch(cluster: Cluster, { settings, port: wanted, attempt = 1 }: Launch): Promise<Running> {
  const { binaries, dataDir, user, logFile } = cluster;
  const port = wanted ?? (await freePort());
  const log = await open(logFile, 'a', 0o600);
  const { size: logStart } = await log.stat();
  const args = Object.entries({ ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Detached: Ctrl-C reaches everything in the terminal's group, and the database must be the last to go.
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', dataPath(dataDir, user), ...args], {
    ...user,
    cwd: dataDir,
    env: POSTGRES_ENV,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const exited = once(child, 'exit').then(
    () => true,
    () => true,
  );
  const guarded = child.pid === undefined ? undefined : guard(child.pid);
  await log.close();

  while (!(await Promise.race([exited, delay(10, false)]))) {
    const file = await readPidFile(dataDir);
    if (guarded === undefined || file?.pid !== child.pid || !file?.isReady) continue;
    child.unref();
    return { pid: file.pid, port: file.port, guard: guarded };
  }
  guarded?.release();
  const said = (await readFile(logFile, 'utf8')).slice(logStart);
  // Between our asking for a free port and its binding, somebody else may have taken it.
  if (wanted === undefined && /could not bind|already in use/.test(said) && attempt < 3)
    return launch(cluster, { settings, port: wanted, attempt: attempt + 1 });
  throw new Error(`The database did not start: ${lastComplaint(said)} (${logFile}).`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** PostgreSQL documents the lines: https://www.postgresql.org/docs/18/storage-file-layout.html */
async function readPidFile(dataDir: string) {
  const content = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, , , , status] = content.split('\n').map((line) => line.trim());
  return pid === undefined || pid === ''
    ? undefined
    : { pid: Number(pid), port: Number(port), isReady: status === 'ready' };
}

/** The address of the server that runs on `dataDir`, whoever started it; undefined when none does. */
export async function runningUrl(dataDir: string): Promise<string | undefined> {
  const file = await readPidFile(dataDir);
  if (!file?.isReady || identityOf(file.pid) === undefined) return undefined;
  return clusterUrl({ passwordFile: join(dirname(dataDir), 'password') }, file.port);
}

/** A server that its starter and its guardian left behind: taken over if it answers, otherwise stopped. */
async function adoptOrphan(cluster: Cluster): Promise<Running | undefined> {
  const file = await readPidFile(cluster.dataDir);
  if (file === undefined || identityOf(file.pid) === undefined) return undefined;
  if (!(await isServerOf(cluster, file.pid))) {
    // The pid now belongs to something else (containers count from 1 again), at which PostgreSQL would refuse to start.
    await rm(join(cluster.dataDir, 'postmaster.pid'));
    return undefined;
  }
  if (file.isReady && (await answers(await clusterUrl(cluster, file.port)))) {
    return { pid: file.pid, port: file.port, guard: guard(file.pid) };
  }
  await shutDown(file.pid);
  return undefined;
}

async function isServerOf({ dataDir }: Cluster, pid: number) {
  if (process.platform !== 'linux') return commandOf(pid).includes(dataDir);
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return folder === (await realpath(dataDir));
}

async function answers(url: string) {
  const sql = connect(url, { max: 1, connect_timeout: 5 });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end();
  }
}

/** Fast: clients are cut off, everything is written. Immediate if the disk cannot keep up; the next start replays the log. */
async function shutDown(pid: number) {
  const identity = identityOf(pid);
  signal(pid, 'SIGINT');
  if (await isGoneWithin(20, pid, identity)) return;
  signal(pid, 'SIGQUIT');
  await isGoneWithin(10, pid, identity);
}

async function end(pid: number, identity: string | undefined) {
  // One that ended before anybody could tell who it was has ended too.
  if (identity === undefined) return;
  for await (const _ of setInterval(LOOK_MS, undefined, { ref: false }))
    if (identityOf(pid) !== identity) return;
}
