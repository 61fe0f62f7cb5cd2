import { NotFound } from '../errors.ts';
import { log } from '../log.ts';
import { QuotaExceeded } from '../quotas.ts';
import { isDiskFull } from '../storage/disk-full.ts';
import { UnreadablePicture } from '../storage/unreadable.ts';
import { type Image, imagesByIds } from './images.ts';
import { NotReceived } from './receiving.ts';

/** What became of one file of an upload. */
export type UploadedImage =
  | { outcome: 'accepted'; fileName: string; image: Image }
  | { outcome: 'duplicate'; fileName: string; image: Image }
  | { outcome: 'rejected'; fileName: string; code: string; message: string };

type Rejected = Extract<UploadedImage, { outcome: 'rejected' }>;

export function rejection(fileName: string, error: unknown): Rejected {
  const rejected = (code: string, message: string): Rejected => ({
    outcome: 'rejected',
    fileName,
    code,
    message,
  });
  if (error instanceof UnreadablePicture || error instanceof NotReceived || error instanceof QuotaExceeded)
    return rejected(error.code, error.message);
  log.error({ error }, 'Cannot keep an uploaded photo');
  return isDiskFull(error)
    ? rejected('DISK_FULL', 'The volume is full. Free some space and send the photo again.')
    : rejected('NOT_STORED', 'The photo could not be stored; send it again.');
}

/** Not the file's fault: sent again, it may be accepted. */
const PASSING = ['INCOMPLETE', 'MISSING', 'QUOTA_EXCEEDED', 'DISK_FULL', 'NOT_STORED', 'UNDECODABLE'];

/** Whether sending the same files again would only tell the same again. */
export const areLasting = (results: UploadedImage[]) =>
  results.every((result) => result.outcome !== 'rejected' || !PASSING.includes(result.code));

/** A result as it is kept under an idempotency key. */
export type KeptResult = { outcome: 'accepted' | 'duplicate'; fileName: string; imageId: string } | Rejected;

export const asKept = (results: UploadedImage[]) =>
  results.map((result): KeptResult => {
    if (result.outcome === 'rejected') return result;
    const { outcome, fileName, image } = result;
    return { outcome, fileName, imageId: image.id };
  });

/** The same results with the photos as they are now. Throws NotFound for one that was deleted since. */
export async function resultsOf(kept: KeptResult[]): Promise<UploadedImage[]> {
  const ids = kept.flatMap((result) => (result.outcome === 'rejected' ? [] : [result.imageId]));
  const images = new Map((await imagesByIds(ids)).map((image) => [image.id, image]));
  return kept.map((result) => {
    if (result.outcome === 'rejected') return result;
    const { imageId, ...rest } = result;
    const image = images.get(imageId);
    if (image === undefined) throw new NotFound('image', imageId);
    return { ...rest, image };
  });
}
