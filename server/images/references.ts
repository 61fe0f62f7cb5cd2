import { eq, inArray } from 'drizzle-orm';
import type { FileUpload } from 'graphql-upload-minimal';
import { referenceImages } from '#schema/images.ts';
import { db, one } from '../db.ts';
import { isId, NotFound, UserError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { type Asked, type Creation, createOnce } from '../idempotency.ts';
import { checkUploads } from '../quotas.ts';
import { lockFile } from '../storage/file-lock.ts';
import { referenceKey } from '../storage/keys.ts';
import { readUploadedPicture } from '../storage/pictures.ts';
import type { Received, StoredFile } from '../storage/storage.ts';
import { UnreadablePicture } from '../storage/unreadable.ts';
import { storage } from '../storage/volume.ts';
import { type UploadBudget, UploadTooLarge } from '../upload-budget.ts';
import { mediaType } from './images.ts';
import { NotReceived, receiveFile } from './receiving.ts';

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

export async function uploadReferenceImage(options: {
  file: Promise<FileUpload>;
  budget: UploadBudget | undefined;
  asked: Asked;
}): Promise<ReferenceImage> {
  const { budget } = options;
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  const file = await options.file.catch(() => undefined);
  try {
    await using received = await receiveTemporary(file);
    failpoint('upload.received');
    const asked = { ...options.asked, input: { file: received.sha256 } };
    const id = await createOnce(asked, () => prepareReference(received));
    const [image] = await referenceImagesByIds([id]);
    if (image === undefined) throw new NotFound('reference image', id);
    return image;
  } catch (error) {
    if (budget?.isTooLarge) throw new UploadTooLarge(budget);
    if (error instanceof UnreadablePicture || error instanceof NotReceived) throw new ImageUnreadable(error);
    throw error;
  }
}

/** The same picture again is the same reference image: it belongs to nobody, so there is nothing to tell apart. */
async function prepareReference({ path, sha256, bytes }: Received): Promise<Creation<string>> {
  const picture = await readUploadedPicture({ path, sha256 });
  const values = { sha256, bytes, ...picture };
  const key = referenceKey(values);
  return async (tx) => {
    // As with photos: whoever sweeps waits for the row.
    await lockFile(tx, key);
    const [known] = await tx.select().from(referenceImages).where(eq(referenceImages.sha256, sha256));
    if (known === undefined) await checkUploads(tx, bytes);
    await storage.keep(path, key);
    failpoint('upload.kept');
    const [inserted] = await tx.insert(referenceImages).values(values).onConflictDoNothing().returning();
    const twin = () => tx.select().from(referenceImages).where(eq(referenceImages.sha256, sha256));
    return (inserted ?? known ?? one(await twin())).id;
  };
}

async function receiveTemporary(file: FileUpload | undefined) {
  const received = await receiveFile({ index: 0, file });
  return { ...received, [Symbol.asyncDispose]: () => storage.discard(received.path) };
}
