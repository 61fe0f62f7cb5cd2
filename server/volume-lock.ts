import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './processes.ts';

type Holder = { pid: number; identity: string | undefined; host: string; address?: string };

/** How often the lock is touched, and after how long without a touch one from another machine counts as left behind. */
const TOUCH_SECONDS = 5;
const STALE_SECONDS = 20;

class VolumeInUse extends Error {
  constructor(volumeRoot: string, { pid, host, address }: Holder) {
    const where =
      address === undefined ? `as process ${pid} on ${host}` : `at ${address} (process ${pid} on ${host})`;
    super(`Isengard already runs on the volume ${volumeRoot}, ${where}.`);
  }
}

export type VolumeLock = { announce(address: string): void; release(): void };

/**
 * One start per volume: two postmasters on one cluster would destroy it. A lock whose process is gone is taken over. Processes of
 * another machine or container on the same network volume cannot be seen, so theirs is judged by how lately it was touched.
 */
export function lockVolume(volumeRoot: string): VolumeLock {
  const path = join(volumeRoot, 'isengard.lock');
  const holder: Holder = { pid: process.pid, identity: identityOf(process.pid), host: hostname() };
  for (;;) {
    if (create(path, holder)) break;
    const other = read(path);
    if (other === undefined) continue;
    if (isAlive(path, other)) throw new VolumeInUse(volumeRoot, other);
    takeAway(path, other);
  }
  const touching = setInterval(() => touch(path), TOUCH_SECONDS * 1000).unref();
  return {
    announce: (address) => replace(path, { ...holder, address }),
    release() {
      clearInterval(touching);
      rmSync(path, { force: true });
    },
  };
}

/** Written first and linked then, so that nobody reads half a lock; a link, unlike a rename, never replaces. */
function create(path: string, holder: Holder) {
  const own = write(path, holder);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    return createWithoutLink(path, holder);
  } finally {
    rmSync(own);
  }
}

/** For file systems that know no links. */
function createWithoutLink(path: string, holder: Holder) {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isExisting(error)) return false;
    throw error;
  }
}

const isExisting = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EEXIST';

function write(path: string, holder: Holder) {
  const own = `${path}.${randomUUID()}`;
  writeFileSync(own, JSON.stringify(holder));
  return own;
}

function replace(path: string, holder: Holder) {
  renameSync(write(path, holder), path);
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    // Released between our two looks, or emptied by a crash of the machine.
    if (error instanceof SyntaxError) return { pid: 0, identity: undefined, host: hostname() };
    return undefined;
  }
}

function isAlive(path: string, { pid, identity, host }: Holder) {
  if (host === hostname()) return identity !== undefined && identityOf(pid) === identity;
  const { mtimeMs } = statSync(path);
  return Date.now() - mtimeMs < STALE_SECONDS * 1000;
}

/** Two starts may find the same stale lock; moved aside first, only one of them gets it, and a fresh lock is put back. */
function takeAway(path: string, stale: Holder) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (JSON.stringify(read(aside)) !== JSON.stringify(stale)) linkSync(aside, path);
  rmSync(aside);
}

function touch(path: string) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The volume is away for the moment; the next touch may reach it.
  }
}
