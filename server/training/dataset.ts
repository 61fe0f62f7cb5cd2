import { eq, sql } from 'drizzle-orm';
import { images } from '#schema/images.ts';
import { datasetSnapshotImages, datasetSnapshots, type trainings } from '#schema/training.ts';
import { db, one, type Tx } from '../db.ts';
import { UserError } from '../errors.ts';
import { photoKey } from '../storage/keys.ts';
import { storage } from '../storage/volume.ts';

const MIN_IMAGES = 1;

export class TooFewImages extends UserError {
  readonly code = 'TOO_FEW_IMAGES';
  readonly have: number;
  readonly need = MIN_IMAGES;

  constructor(have: number) {
    super(`A training needs at least ${MIN_IMAGES} photo; this character has ${have}. 20 to 30 are best.`);
    this.have = have;
  }
}

/** The photos and captions as they are now, by content: what happens to the character later does not change it. */
export async function snapshotOf(tx: Tx, characterId: string): Promise<string> {
  const { id } = one(await tx.insert(datasetSnapshots).values({ characterId }).returning());
  // Held until we commit: a photo that is being deleted keeps its file only if its deletion sees this snapshot.
  await tx.select({ id: images.id }).from(images).where(eq(images.characterId, characterId)).for('key share');
  const photos = await tx
    .insert(datasetSnapshotImages)
    .select(
      tx
        .select({
          snapshotId: sql<string>`${id}::uuid`.as('snapshot_id'),
          position: sql<number>`row_number() over (order by ${images.id})`.as('position'),
          sha256: images.sha256,
          format: images.format,
          caption: images.caption,
        })
        .from(images)
        .where(eq(images.characterId, characterId)),
    )
    .returning({ position: datasetSnapshotImages.position });
  if (photos.length < MIN_IMAGES) throw new TooFewImages(photos.length);
  return id;
}

/** The photos of a training's snapshot, where an engine can read them. */
export async function photosOf({ characterId, datasetSnapshotId }: typeof trainings.$inferSelect) {
  const photos = await db
    .select()
    .from(datasetSnapshotImages)
    .where(eq(datasetSnapshotImages.snapshotId, datasetSnapshotId))
    .orderBy(datasetSnapshotImages.position);
  return Promise.all(
    photos.map(async ({ caption, ...photo }) => ({
      path: await storage.localPath(photoKey({ characterId, ...photo })),
      caption,
    })),
  );
}
