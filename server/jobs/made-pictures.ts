import type { Tx } from '../db.ts';
import { failpoint } from '../failpoint.ts';
import { fileHash } from '../storage/hash.ts';
import { thumbnailKey } from '../storage/keys.ts';
import { readMadePicture } from '../storage/pictures.ts';
import { storage } from '../storage/volume.ts';
import { LeaseLost } from './attempt.ts';
import type { JobRecord } from './record.ts';
import type { JobRun } from './run.ts';

type MadePicture = { width: number; height: number; thumbHash: string; bytes: number; sha256: string };

/**
 * Records a picture that an engine made. It is decoded first, so a broken one is found before anybody sees it. The file
 * moves to its key under the job's lock, right after the statement that shows that the lock is ours: a worker that has lost
 * the job does not touch a file of the next.
 */
export async function recordPicture(
  run: JobRun,
  { path, key, ...record }: { path: string; key: string } & Omit<JobRecord, 'where'>,
  write: (tx: Tx, picture: MadePicture) => Promise<unknown>,
): Promise<MadePicture> {
  const { bytes, sha256 } = await fileHash(path);
  const { width, height, thumbHash } = await readMadePicture({ path, sha256 });
  const picture = { width, height, thumbHash, bytes, sha256 };
  await using staged = await storage.stage(path);
  try {
    await run.record(record, async (tx) => {
      await staged.place(key);
      failpoint('job.file-kept');
      await write(tx, picture);
    });
    await storage.discard(path);
    return picture;
  } catch (error) {
    // Of a character that was deleted meanwhile, nothing may stay. Somebody else's are made again when they are missed.
    if (error instanceof LeaseLost)
      await storage.remove([thumbnailKey(sha256, 256), thumbnailKey(sha256, 1024)]);
    throw error;
  }
}
