import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type SmallDisk = AsyncDisposable & {
  path: string;
  /** Fills it until only so many bytes are free. */
  fill(options?: { except?: number }): Promise<void>;
  /** Takes away again what `fill` wrote. */
  free(): Promise<void>;
};

/** A disk in memory of a few megabytes, on which a process really gets ENOSPC. Only root may make one. */
export async function smallDisk({ megabytes }: { megabytes: number }): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'isengard-disk-'));
  const ballast = join(path, 'ballast');
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]).catch(async (error) => {
    await rmdir(path);
    throw new Error(`This fault needs a disk of its own, which only root may mount (sudo): ${error.message}`);
  });
  return {
    path,
    async fill({ except = 0 } = {}) {
      const { bavail, bsize } = await statfs(path);
      await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - except)));
    },
    free: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', ['-l', path]);
      await rmdir(path);
    },
  };
}
