import { eq } from 'drizzle-orm';
import { datasetSnapshotImages, type trainings } from '#schema/training.ts';
import { db } from '../db.ts';
import { type Face, FacesNotSought, facesIn } from '../faces/faces.ts';
import { photoKey } from '../storage/keys.ts';
import { thumbnail } from '../storage/pictures.ts';
import { storage } from '../storage/volume.ts';

/** In a photo of several people, the largest face is who it is about when it covers so many times the area of the next. */
const DOMINATES = 3;
/** Fewer say little about who is learned: now and then an animal has what looks like a face. */
const LEAST_SHARE = 1 / 2;

export type PhotoFaces = {
  /** One of each photo that shows one; none when too few do. */
  faces: Face[];
  photos: number;
  /** Why photos could not be looked through, each with a sentence. */
  failures: string[];
};

/**
 * The faces that a training learns: of each photo of its snapshot with one face, or one that dominates. They are looked for in our
 * thumbnails, which hostile photos do not reach. Stops early when `signal` aborts.
 */
export async function facesOfPhotos(
  { characterId, datasetSnapshotId }: typeof trainings.$inferSelect,
  signal: AbortSignal,
): Promise<PhotoFaces> {
  const photos = await db
    .select()
    .from(datasetSnapshotImages)
    .where(eq(datasetSnapshotImages.snapshotId, datasetSnapshotId))
    .orderBy(datasetSnapshotImages.position);
  const faces: Face[] = [];
  const failures: string[] = [];
  for (const { sha256, format } of photos) {
    if (signal.aborted) break;
    try {
      const key = await thumbnail(photoKey({ characterId, sha256, format }), sha256, 1024);
      faces.push(...clearFace(await facesIn(await storage.localPath(key))));
    } catch (error) {
      failures.push(reasonOf(error));
    }
  }
  const isEnough = faces.length >= photos.length * LEAST_SHARE;
  return { faces: isEnough ? faces : [], photos: photos.length, failures };
}

const clearFace = ([largest, next]: Face[]): Face[] =>
  largest && largest.share >= DOMINATES * (next?.share ?? 0) ? [largest] : [];

export const reasonOf = (error: unknown) =>
  error instanceof FacesNotSought ? error.message : 'The picture could not be read.';
