import { eq, inArray } from 'drizzle-orm';
import type { FileUpload } from 'graphql-upload-minimal';
import { referenceImages } from '#schema/images.ts';
import { db, one } from '../db.ts';
import { isId, UserError } from '../errors.ts';
import { referenceKey } from '../storage/keys.ts';
import { readPictureWithThumbnails, UnreadablePicture } from '../storage/pictures.ts';
import type { StoredFile } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { mediaType } from './images.ts';
import { NotReceived, receiveFile } from './receiving.ts';
import { type UploadBudget, UploadTooLarge } from './uploads.ts';

export type ReferenceImage = typeof referenceImages.$inferSelect;

export class ImageUnreadable extends UserError {
  readonly code: string;

  constructor({ code, message }: UnreadablePicture | NotReceived) {
    super(message);
    this.code = code;
  }
}

export const referenceImagesByIds = (ids: readonly string[]) =>
  db
    .select()
    .from(referenceImages)
    .where(inArray(referenceImages.id, [...ids]));

export async function referenceFile(id: string): Promise<StoredFile | null> {
  if (!isId(id)) return null;
  const [image] = await referenceImagesByIds([id]);
  if (image === undefined) return null;
  const { sha256, format } = image;
  return { key: referenceKey(image), sha256, type: mediaType(format), name: `reference.${format}` };
}

/** The same picture again is the same reference image: it belongs to nobody, so there is nothing to tell apart. */
export async function uploadReferenceImage(options: {
  file: Promise<FileUpload>;
  budget: UploadBudget | undefined;
}): Promise<ReferenceImage> {
  const { budget } = options;
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  const file = await options.file.catch(() => undefined);
  try {
    await using received = await receiveTemporary(file);
    const { sha256, bytes, path } = received;
    const picture = await readPictureWithThumbnails(path, sha256);
    const values = { sha256, bytes, ...picture };
    await storage.keep(path, referenceKey(values));
    const [inserted] = await db.insert(referenceImages).values(values).onConflictDoNothing().returning();
    return inserted ?? one(await db.select().from(referenceImages).where(eq(referenceImages.sha256, sha256)));
  } catch (error) {
    if (budget?.isTooLarge) throw new UploadTooLarge(budget);
    if (error instanceof UnreadablePicture || error instanceof NotReceived) throw new ImageUnreadable(error);
    throw error;
  }
}

async function receiveTemporary(file: FileUpload | undefined) {
  const received = await receiveFile({ index: 0, file });
  return { ...received, [Symbol.asyncDispose]: () => storage.discard(received.path) };
}
