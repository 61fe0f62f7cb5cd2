import { availableParallelism } from 'node:os';
import type { DecodedPicture, Origin } from './decoder-protocol.ts';
import { decodersWithin } from './decoders.ts';
import { type ThumbnailSize, thumbnailKey } from './keys.ts';
import { storage } from './volume.ts';

/**
 * The dearest picture within the limits, an AVIF of 8192 × 8192 pixels in 12 bits with alpha, takes 1.6 GB and 7 seconds of a core.
 * That memory is why many cores do not mean as many decoders.
 */
const decode = decodersWithin({
  most: Math.min(8, Math.max(2, availableParallelism())),
  seconds: 20,
  megabytes: 2048,
  idleSeconds: 10,
});

/** `width` and `height` in pixels, after the orientation that its metadata asks for; `thumbHash` in base64. */
export type Picture = Pick<DecodedPicture, 'format' | 'width' | 'height' | 'thumbHash'>;

type Local = { path: string; sha256: string };

async function readWithThumbnails({ path, sha256 }: Local, origin: Origin): Promise<Picture> {
  const { small, large, ...picture } = await decode({ path, origin });
  await Promise.all([
    storage.write(thumbnailKey(sha256, 256), small),
    storage.write(thumbnailKey(sha256, 1024), large),
  ]);
  return picture;
}

/** Decodes the whole file and keeps its thumbnails: WebP of 256 and 1024 px along the longer side. Throws UnreadablePicture. */
export const readUploadedPicture = (file: Local) => readWithThumbnails(file, 'upload');

/** The same of a picture that an engine made. */
export const readMadePicture = (file: Local) => readWithThumbnails(file, 'engine');

const making = new Map<string, Promise<unknown>>();

/** The key of a thumbnail, which is made again when the cache was emptied. */
export async function thumbnail(key: string, sha256: string, size: ThumbnailSize): Promise<string> {
  const wanted = thumbnailKey(sha256, size);
  if ((await storage.stat(wanted)) !== null) return wanted;
  const path = await storage.localPath(key);
  // What it is was judged when it came.
  const made = making.get(sha256) ?? readMadePicture({ path, sha256 }).finally(() => making.delete(sha256));
  making.set(sha256, made);
  await made;
  return wanted;
}
