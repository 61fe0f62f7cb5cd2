import { and, eq } from 'drizzle-orm';
import type { FileUpload } from 'graphql-upload-minimal';
import { images } from '#schema/images.ts';
import { type Character, getCharacter, touchCharacter } from '../characters/characters.ts';
import { db, type Tx } from '../db.ts';
import { violates } from '../db-errors.ts';
import { NotFound, UserError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { type Asked, answerOf, createOnce, findKept } from '../idempotency.ts';
import { checkUploadRoom, checkUploads } from '../quotas.ts';
import { lockFile } from '../storage/file-lock.ts';
import { photoKey, photosKey, thumbnailKey } from '../storage/keys.ts';
import { readUploadedPicture } from '../storage/pictures.ts';
import type { Received } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { type UploadBudget, UploadTooLarge } from '../upload-budget.ts';
import type { Image } from './images.ts';
import {
  type Arrival,
  contentOf,
  contentsOf,
  fileNameOf,
  inOrderOfArrival,
  type Receipt,
  receive,
} from './receiving.ts';
import { MAX_FILES } from './upload-limits.ts';
import { areLasting, asKept, rejection, resultsOf, type UploadedImage } from './upload-results.ts';

export class TooManyFiles extends UserError {
  readonly code = 'TOO_MANY_FILES';
  readonly limit = MAX_FILES;
  readonly count: number;

  constructor(count: number) {
    super(`${count} files in one request; the limit is ${MAX_FILES}. Send the others in another one.`);
    this.count = count;
  }
}

/** While some are decoded another one is written, and the next received. More would only wait on the disk. */
const MAX_DECODING = 3;

type UploadRequest = {
  characterId: string;
  files: Promise<FileUpload>[];
  budget: UploadBudget | undefined;
};

/**
 * What was accepted stays, whatever comes after; results are in the order of `files`. What was asked for is the content of the
 * files, so a repeat sends them again, and nothing of them is kept.
 */
export async function uploadImages(
  request: UploadRequest & { asked: Asked },
): Promise<{ results: UploadedImage[]; character: Character }> {
  const { characterId, files, budget, asked } = request;
  if (files.length > MAX_FILES) throw new TooManyFiles(files.length);
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  const character = await getCharacter(characterId);
  const askedWith = (contents: string[]): Asked => ({ ...asked, input: { characterId, files: contents } });

  const first = await findKept(asked);
  if (first !== undefined) {
    const contents = await contentsOf(files);
    if (budget?.isTooLarge) throw new UploadTooLarge(budget);
    return { results: await resultsOf(answerOf(first, askedWith(contents))), character };
  }

  await checkUploadRoom();
  const { results, contents } = await settleAll(request);
  const own = asKept(results);
  // The answer comes last: what was cut off before leaves no key, and its repeat is an upload like any other.
  const isFinal = areLasting(results) && !budget?.isTooLarge;
  const answer = await createOnce(
    { ...askedWith(contents), key: isFinal ? asked.key : null },
    async () => async (tx) => {
      await touch(tx, characterId);
      return own;
    },
  );
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  return {
    results: answer === own ? results : await resultsOf(answer),
    character: await getCharacter(characterId),
  };
}

async function touch(tx: Tx, characterId: string) {
  const [touched] = await touchCharacter(tx, characterId);
  if (touched === undefined) throw new NotFound('character', characterId);
}

/** Receives, checks and keeps photos as they come, each on its own: what is wrong with one does not touch the others. */
async function settleAll({ characterId, files, budget }: UploadRequest) {
  const upload = newUpload(characterId);
  const decoding = new Set<Promise<unknown>>();
  const results = files.map((): UploadedImage | undefined => undefined);
  const contents = files.map(() => '');
  for await (const arrival of inOrderOfArrival(files)) {
    const receipt = await receive(arrival);
    contents[arrival.index] = contentOf(receipt);
    while (decoding.size >= MAX_DECODING) await Promise.race(decoding);
    const work: Promise<void> = settle(arrival, receipt, upload)
      .then((result) => {
        results[arrival.index] = result;
      })
      .finally(() => decoding.delete(work));
    decoding.add(work);
    // The character is gone, or what is left of the request will not come: nothing more can be accepted.
    if (upload.isOver || budget?.isTooLarge) break;
  }
  await Promise.all(decoding);
  return { results: results.filter((result) => result !== undefined), contents };
}

type Upload = {
  characterId: string;
  /** By content: of the same photo twice in one request, the first is the photo and the second its duplicate. */
  seen: Map<string, Promise<UploadedImage>>;
  isOver: boolean;
};
const newUpload = (characterId: string): Upload => ({ characterId, seen: new Map(), isOver: false });

/** Never rejects: whatever happens to a file is its result. */
async function settle(arrival: Arrival, receipt: Receipt, upload: Upload): Promise<UploadedImage> {
  const fileName = fileNameOf(arrival);
  if ('error' in receipt) return rejection(fileName, receipt.error);
  const { received } = receipt;
  try {
    failpoint('upload.received');
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

async function store(received: Received, fileName: string, upload: Upload): Promise<UploadedImage> {
  const { characterId } = upload;
  const { sha256, bytes, path } = received;
  const twin = await imageWith(characterId, sha256);
  if (twin) return { outcome: 'duplicate', fileName, image: twin };

  const picture = await readUploadedPicture(received);
  const photo = { characterId, sha256, bytes, fileName, ...picture };
  const key = photoKey(photo);
  try {
    // The file first, and under the lock of its key until the row is there; otherwise the removal of the same photo, deleted a
    // moment ago, could still take it. Moving it is the one thing in this transaction that is not SQL.
    const image = await db.transaction(async (tx) => {
      await lockFile(tx, key);
      await checkUploads(tx, bytes);
      await storage.keep(path, key);
      failpoint('upload.kept');
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
