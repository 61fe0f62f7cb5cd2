import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { isMissing } from './missing.ts';
import { NothingToKeep, type Received, type Staged, type Storage, TooManyBytes } from './storage.ts';

const FOLDERS = ['characters', 'uploads', 'datasets', 'synthetic', 'loras', 'outputs', 'cache'];
/** Below the root, so that a rename from here to a key stays on one file system. */
const TEMPORARY = 'cache/tmp';
const HOUR_MS = 3600 * 1000;
const LEFTOVER_MS = 24 * HOUR_MS;

/** The storage of one machine, or of several that share a folder over the network. */
export function volumeAt(root: string): Storage & { prepare(): Promise<void>; time(): Promise<number> } {
  /** Keys are made of our own ids, so one that leaves the root is a bug; it must not become a hole. */
  function resolve(key: string) {
    const segments = key.replace(/\/$/, '').split('/');
    if (segments.some((segment) => !/^[\w-][\w.-]*$/.test(segment)))
      throw new Error(`Not a storage key: ${key}`);
    return join(root, ...segments);
  }

  const temporaryPath = () => join(root, TEMPORARY, randomUUID());

  async function time() {
    const path = temporaryPath();
    try {
      await writeFile(path, '');
      return (await stat(path)).mtimeMs;
    } finally {
      await rm(path, { force: true });
    }
  }

  async function stage(path: string): Promise<Staged> {
    await sync(path, 'r+').catch((error: unknown) => {
      throw isMissing(error) ? new NothingToKeep(`There is no file ${path} to keep.`) : error;
    });
    // The rename takes this second name, so that the first is there when it has to be done again. It lies beside it, to go with it.
    const second = `${path}.${randomUUID()}`;
    await nameAgain(path, second);
    let isThere = true;
    return {
      async place(key) {
        if (!isThere) await nameAgain(path, second);
        isThere = false;
        await moveTo(second, resolve(key));
      },
      // Still there also when the key had this very file already: renaming one name of a file to another one does nothing.
      [Symbol.asyncDispose]: () => rm(second, { force: true }),
    };
  }

  async function keep(path: string, key: string) {
    await using staged = await stage(path);
    await staged.place(key);
  }

  return {
    stage,
    keep,

    async prepare() {
      for (const folder of [...FOLDERS, TEMPORARY]) await mkdir(join(root, folder), { recursive: true });
      const now = await time();
      for (const name of await readdir(join(root, TEMPORARY))) {
        const path = join(root, TEMPORARY, name);
        // Processes that share the volume may be writing the younger ones.
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
        if (now - mtimeMs <= LEFTOVER_MS) continue;
        await rm(path, { recursive: true, force: true }).catch((error: unknown) =>
          log.warn({ error, path }, 'This leftover cannot be removed'),
        );
      }
    },

    time,

    async receive(source, { maxBytes }): Promise<Received> {
      const path = temporaryPath();
      const file = await open(path, 'wx', 0o644);
      try {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of source) {
          bytes += chunk.length;
          if (bytes > maxBytes) throw new TooManyBytes(maxBytes);
          hash.update(chunk);
          await writeAll(file, chunk);
        }
        return { path, bytes, sha256: hash.digest('hex') };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    },

    discard: (path) => rm(path, { force: true }),

    async write(key, bytes) {
      const path = temporaryPath();
      try {
        await writeFile(path, bytes);
        await keep(path, key);
      } finally {
        await rm(path, { force: true });
      }
    },

    async freeBytes() {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },

    async totalBytes() {
      const { blocks, bsize } = await statfs(root);
      return blocks * bsize;
    },

    async stat(key) {
      try {
        const found = await stat(resolve(key));
        return found.isFile() ? { bytes: found.size } : null;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    stream: (key, range) => createReadStream(resolve(key), range),
    localPath: async (key) => resolve(key),

    async remove(keys) {
      for (const key of keys) await rm(resolve(key), { recursive: key.endsWith('/'), force: true });
    },

    async temporaryFolder(name) {
      const path = await mkdtemp(join(root, TEMPORARY, `${name}-`));
      // A training may take longer than a day, and what it writes into folders below leaves this one's time as it is.
      const touch = async () => {
        const seconds = (await time()) / 1000;
        await utimes(path, seconds, seconds);
      };
      const touching = setInterval(() => void touch().catch(() => {}), HOUR_MS).unref();
      return {
        path,
        async [Symbol.asyncDispose]() {
          clearInterval(touching);
          // What cannot be removed now is a leftover for the next boot, and no reason for a job to fail.
          await rm(path, { recursive: true, force: true }).catch(() => {});
        },
      };
    },
  };
}

/** A hard link, or a copy on a file system that has none. */
async function nameAgain(path: string, second: string) {
  try {
    await link(path, second);
  } catch (error) {
    if (isMissing(error)) throw error;
    await copyFile(path, second);
    await sync(second, 'r+');
  }
}

async function moveTo(path: string, target: string) {
  for (let attempt = 1; ; attempt++) {
    await makeFolder(dirname(target));
    try {
      await rename(path, target);
      return await sync(dirname(target), 'r');
    } catch (error) {
      // A deletion may take the folder away between our making and using it.
      if (!isMissing(error) || attempt === 3) throw error;
    }
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

/** A write may take less than it was given, and says so. */
async function writeAll(file: Handle, chunk: Uint8Array) {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, written);
    written += bytesWritten;
  }
}

async function sync(path: string, flags: 'r' | 'r+') {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A folder is durable when the folder above it knows it on disk, so each new one is synced into its parent. */
async function makeFolder(path: string) {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder))
    await sync(dirname(folder), 'r');
}

const volume = volumeAt(env.VOLUME_ROOT);

export const storage: Storage = volume;

/** Now, by the clock that gives files their times: a machine that shares the volume may have another, and find everything old. */
export const volumeTime = () => volume.time();

/** Makes the folders and clears away what crashed processes left half-written. Before anything else uses the volume. */
export const prepareVolume = () => volume.prepare();
