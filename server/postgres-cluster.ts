import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { clusterUser, findBinaries, type RunAs } from './postgres-binaries.ts';

/** A PostgreSQL data directory, and what is needed to run it. */
export type Cluster = {
  dataDir: string;
  user: RunAs;
  binaries: string;
  passwordFile: string;
  logFile: string;
};

/** The cluster at `dataDir`, made when there is none. Password and log lie beside it. */
export async function openCluster(dataDir: string, durable: boolean): Promise<Cluster> {
  const beside = dirname(dataDir);
  await mkdir(beside, { recursive: true });
  const user = await clusterUser(dataDir);
  const binaries = await findBinaries(user);
  const cluster = {
    dataDir,
    user,
    binaries,
    passwordFile: join(beside, 'password'),
    logFile: join(beside, 'postgres.log'),
  };
  if (!(await isMade(dataDir))) await makeCluster(cluster, durable);
  return cluster;
}

export async function clusterUrl({ passwordFile }: Pick<Cluster, 'passwordFile'>, port: number) {
  return `postgres://isengard:${await readFile(passwordFile, 'utf8')}@127.0.0.1:${port}/isengard`;
}

/**
 * How PostgreSQL is told its data directory when it is started inside it. As another user it may be unable to walk there
 * (a volume below /root, which is 0700); on Linux this path leads to the working directory without the walk.
 */
export const dataPath = (folder: string, user: RunAs) =>
  user.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : folder;

/** Nothing of our environment: libpq variables or a locale that is not installed would change what is started. */
export const POSTGRES_ENV = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

async function isMade(dataDir: string) {
  try {
    return (await stat(join(dataDir, 'PG_VERSION'))).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw new Error(`The database in ${dataDir} belongs to another user: start as that user, or as root.`);
  }
}

/** Made in a folder of its own and renamed when whole, so that an interrupted start is never taken for a cluster. */
async function makeCluster(cluster: Cluster, durable: boolean) {
  const { dataDir, user } = cluster;
  const prefix = `${basename(dataDir)}.new-`;
  for (const name of await readdir(dirname(dataDir))) {
    if (name.startsWith(prefix)) await rm(join(dirname(dataDir), name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(dirname(dataDir), prefix));
  try {
    await give(folder, user);
    const path = dataPath(folder, user);
    const password = await newPassword(cluster);
    const options = [
      '--username=isengard',
      '--pwfile=/dev/fd/3',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-instructions',
    ];
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const sync = durable ? [] : ['--no-sync'];
    await runIn(folder, cluster, {
      program: 'initdb',
      args: ['-D', path, ...options, ...locale, ...sync],
      fd3: password.fd,
    });
    await password.close();
    // Without a server: nobody can connect to what is not renamed yet.
    const fast = durable ? [] : ['-F'];
    await runIn(folder, cluster, {
      program: 'postgres',
      args: ['--single', ...fast, '-D', path, 'postgres'],
      input: 'CREATE DATABASE isengard\n',
    });
    await rename(folder, dataDir);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function newPassword({ passwordFile, user }: Cluster) {
  await rm(passwordFile, { force: true });
  const file = await open(passwordFile, 'wx+', 0o600);
  // initdb opens it through the descriptor, which spares the walk to it but still asks who owns it.
  await give(passwordFile, user);
  await file.writeFile(randomBytes(24).toString('hex'));
  await file.sync();
  return file;
}

async function give(path: string, { uid, gid }: RunAs) {
  if (uid === undefined || gid === undefined) return;
  await chown(path, uid, gid).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `PostgreSQL does not run as root, and ${path} cannot be given to user ${uid} (${error.code}): ` +
        'start as an ordinary user, or set DATABASE_URL or another VOLUME_ROOT.',
    );
  });
}

type Run = { program: 'initdb' | 'postgres'; args: string[]; input?: string; fd3?: number };

async function runIn(cwd: string, { binaries, user }: Cluster, { program, args, input = '', fd3 }: Run) {
  const child = spawn(join(binaries, 'bin', program), args, {
    ...user,
    cwd,
    env: POSTGRES_ENV,
    stdio: ['pipe', 'ignore', 'pipe', fd3 ?? 'ignore'],
  });
  child.stdin?.on('error', () => {}).end(input);
  const [errors, [code]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'exit')]);
  if (code !== 0) throw new Error(`The database could not be made (${program}): ${lastComplaint(errors)}.`);
}

/** The line of PostgreSQL's output that says what went wrong, without its time and process. */
export function lastComplaint(output: string) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const fatal =
    lines.findLast((line) => /\b(FATAL|PANIC|error):/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return fatal.replace(/^.*?\b(FATAL|PANIC|error):\s*/, '').replace(/\.$/, '');
}
