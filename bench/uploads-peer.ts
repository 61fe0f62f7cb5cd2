import { createReadStream } from 'node:fs';
import { decodePicture } from '#server/storage/decode.ts';
import { thumbnailKey } from '#server/storage/keys.ts';
import { prepareVolume, storage } from '#server/storage/volume.ts';
import { clock } from './measure.ts';
import { answer } from './processes.ts';

/** As many at a time as the server has: one that is received while three are decoded and written. */
const AT_A_TIME = 4;
const MAX_BYTES = 20 * 2 ** 20;

/** What the server does with a photo, and nothing else: hash and write it, decode it, write its thumbnails, sync, rename. */
async function keep(path: string) {
  const received = await storage.receive(createReadStream(path), { maxBytes: MAX_BYTES });
  const { small, large } = await decodePicture(received.path, 'upload');
  await storage.write(thumbnailKey(received.sha256, 256), small);
  await storage.write(thumbnailKey(received.sha256, 1024), large);
  await storage.keep(received.path, `uploads/bench/${received.sha256}.jpg`);
}

await prepareVolume();
answer<{ paths: string[] }>({}, async ({ paths }) => {
  const startedAt = clock();
  const waiting = paths.values();
  const work = async () => {
    for (const path of waiting) await keep(path);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { elapsed: clock() - startedAt };
});
