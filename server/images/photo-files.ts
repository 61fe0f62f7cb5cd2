import { db } from '../db.ts';
import { lockFile } from '../storage/file-lock.ts';
import { storage } from '../storage/volume.ts';
import { withoutUse } from './images.ts';

const PHOTO = /^uploads\/([0-9a-f-]{36})\/([0-9a-f]{64})\.\w+$/;

/**
 * What the worker does with a `files.remove` message: all but the photos for which there is a row again. A photo's address is
 * its content, so one that was deleted and is uploaded again has the file that is about to be removed.
 */
export async function removeUnusedFiles(keys: string[]) {
  const photos = keys.filter((key) => PHOTO.test(key));
  await storage.remove(keys.filter((key) => !PHOTO.test(key)));
  for (const key of photos)
    await db.transaction(async (tx) => {
      await lockFile(tx, key);
      const [, characterId = '', sha256 = ''] = PHOTO.exec(key) ?? [];
      const unused = await withoutUse(tx, [{ characterId, sha256 }]);
      if (unused.length > 0) await storage.remove([key]);
    });
}
