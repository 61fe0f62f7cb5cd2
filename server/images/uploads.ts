import { and, eq } from 'drizzle-orm';
import type { FileUpload } from 'graphql-upload-minimal';
import { images } from '#schema/images.ts';
import { type Character, getCharacter, touchCharacter } from '../characters/characters.ts';
import { db, violates } from '../db.ts';
import { NotFound, UserError } from '../errors.ts';
import { log } from '../log.ts';
import { photoKey, photosKey, thumbnailKey } from '../storage/keys.ts';
import { readPictureWithThumbnails, UnreadablePicture } from '../storage/pictures.ts';
import type { Received } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import type { Image } from './images.ts';
import { lockFile } from './photo-files.ts';
import { type Arrival, fileNameOf, inOrderOfArrival, NotReceived, receiveFile } from './receiving.ts';
import { MAX_FILES, megabytes } from './upload-limits.ts';

/** Of the request as a whole. */
export type UploadBudget = { declaredBytes: number | null; limitBytes: number; isTooLarge: boolean };

export type UploadedImage =
  | { outcome: 'accepted'; fileName: string; image: Image }
  | { outcome: 'duplicate'; fileName: string; image: Image }
  | { outcome: 'rejected'; fileName: string; code: string; message: string };

export class TooManyFiles extends UserError {
  readonly code = 'TOO_MANY_FILES';
  readonly limit = MAX_FILES;
  readonly count: number;

  constructor(count: number) {
    super(`${count} files in one request; the limit is ${MAX_FILES}. Send the others in another one.`);
    this.count = count;
  }
}

export class UploadTooLarge extends UserError {
  readonly code = 'UPLOAD_TOO_LARGE';
  readonly limitBytes: number;

  constructor({ declaredBytes, limitBytes }: UploadBudget) {
    const size = declaredBytes === null ? `more than ${megabytes(limitBytes)}` : megabytes(declaredBytes);
    super(`The upload has ${size}; the limit for these files together is ${megabytes(limitBytes)}.`);
    this.limitBytes = limitBytes;
  }
}

/** While these are decoded, the next file is received; more would only fill memory. */
const MAX_DECODING = 2;

/**
 * Receives, checks and keeps photos as they come, each on its own: what is wrong with one does not touch the others, and what
 * was accepted stays, whatever comes after. Results are in the order of `files`.
 */
export async function uploadImages(options: {
  characterId: string;
  files: Promise<FileUpload>[];
  budget: UploadBudget | undefined;
}): Promise<{ results: UploadedImage[]; character: Character }> {
  const { characterId, files, budget } = options;
  if (files.length > MAX_FILES) throw new TooManyFiles(files.length);
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  const character = await getCharacter(characterId);

  const upload = newUpload(character.id);
  const decoding = new Set<Promise<unknown>>();
  const results = files.map((): UploadedImage | undefined => undefined);
  for await (const arrival of inOrderOfArrival(files)) {
    const received = await receive(arrival);
    while (decoding.size >= MAX_DECODING) await Promise.race(decoding);
    const work: Promise<void> = settle(arrival, received, upload)
      .then((result) => {
        results[arrival.index] = result;
      })
      .finally(() => decoding.delete(work));
    decoding.add(work);
    // The character is gone, or what is left of the request will not come: nothing more can be accepted.
    if (upload.isOver || budget?.isTooLarge) break;
  }
  await Promise.all(decoding);
  const [touched] = await touchCharacter(db, character.id);
  if (touched === undefined) throw new NotFound('character', characterId);
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  return { results: results.filter((result) => result !== undefined), character: touched };
}

type Upload = {
  characterId: string;
  /** By content: of the same photo twice in one request, the first is the photo and the second its duplicate. */
  seen: Map<string, Promise<UploadedImage>>;
  isOver: boolean;
};
const newUpload = (characterId: string): Upload => ({ characterId, seen: new Map(), isOver: false });

type Receipt = { received: Received } | { error: unknown };

const receive = (arrival: Arrival): Promise<Receipt> =>
  receiveFile(arrival).then(
    (received) => ({ received }),
    (error: unknown) => ({ error }),
  );

/** Never rejects: whatever happens to a file is its result. */
async function settle(arrival: Arrival, receipt: Receipt, upload: Upload): Promise<UploadedImage> {
  const fileName = fileNameOf(arrival);
  if ('error' in receipt) return rejection(fileName, receipt.error);
  const { received } = receipt;
  try {
    const twin = upload.seen.get(received.sha256);
    const storing = twin ?? store(received, fileName, upload);
    if (!twin) upload.seen.set(received.sha256, storing);
    const result = await storing;
    if (!twin) return result;
    return result.outcome === 'rejected'
      ? { ...result, fileName }
      : { ...result, outcome: 'duplicate', fileName };
  } catch (error) {
    if (error instanceof NotFound) upload.isOver = true;
    return rejection(fileName, error);
  } finally {
    await storage.discard(received.path);
  }
}

function rejection(fileName: string, error: unknown): UploadedImage {
  const rejected = (code: string, message: string): UploadedImage => ({
    outcome: 'rejected',
    fileName,
    code,
    message,
  });
  if (error instanceof UnreadablePicture || error instanceof NotReceived)
    return rejected(error.code, error.message);
  log.error({ error, fileName }, 'Cannot keep an uploaded photo');
  return isDiskFull(error)
    ? rejected('DISK_FULL', 'The volume is full. Free some space and send the photo again.')
    : rejected('NOT_STORED', 'The photo could not be stored; send it again.');
}

const isDiskFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

async function store(received: Received, fileName: string, upload: Upload): Promise<UploadedImage> {
  const { characterId } = upload;
  const { sha256, bytes, path } = received;
  const twin = await imageWith(characterId, sha256);
  if (twin) return { outcome: 'duplicate', fileName, image: twin };

  const picture = await readPictureWithThumbnails(path, sha256);
  const photo = { characterId, sha256, bytes, fileName, ...picture };
  const key = photoKey(photo);
  try {
    // The file first, and under the lock of its key until the row is there; otherwise the removal of the same photo, deleted a
    // moment ago, could still take it. Moving it is the one thing in this transaction that is not SQL.
    const image = await db.transaction(async (tx) => {
      await lockFile(tx, key);
      await storage.keep(path, key);
      const [inserted] = await tx.insert(images).values(photo).onConflictDoNothing().returning();
      return inserted;
    });
    if (image) return { outcome: 'accepted', fileName, image };
  } catch (error) {
    if (!violates(error, CHARACTER_EXISTS)) throw error;
    // Deleted meanwhile, and its folder perhaps before our file came into it. Its id never comes back.
    await storage.remove([photosKey(characterId), thumbnailKey(sha256, 256), thumbnailKey(sha256, 1024)]);
    throw new NotFound('character', characterId);
  }
  // Another request was quicker with the same photo. The file is the same, so it is that one's now and stays.
  const winner = await imageWith(characterId, sha256);
  if (winner === undefined)
    throw new Error('Another request kept this photo and deleted it again meanwhile.');
  return { outcome: 'duplicate', fileName, image: winner };
}

const CHARACTER_EXISTS = 'images_character_id_characters_id_fk';

async function imageWith(characterId: string, sha256: string): Promise<Image | undefined> {
  const [image] = await db
    .select()
    .from(images)
    .where(and(eq(images.characterId, characterId), eq(images.sha256, sha256)));
  return image;
}
