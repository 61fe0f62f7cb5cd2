import { and, eq, exists, sql } from 'drizzle-orm';
import { images } from '#schema/images.ts';
import { datasetSnapshotImages, datasetSnapshots, trainings } from '#schema/training.ts';
import { type ConnectionArgs, keysetConnection } from '../connection.ts';
import { db } from '../db.ts';
import type { Image } from '../images/images.ts';
import { jobsByIds } from '../jobs/jobs.ts';
import { isTraining, type Training } from './training.ts';

export type SnapshotPhoto = typeof datasetSnapshotImages.$inferSelect & {
  /** The photo of the character that has this content; null when that was deleted. */
  imageId: string | null;
};

/** The photos of a dataset snapshot, in their order. */
export const photosOfSnapshot = (snapshotId: string, args: ConnectionArgs) =>
  keysetConnection<SnapshotPhoto>({
    args,
    order: [{ column: datasetSnapshotImages.position, type: 'integer', direction: 'asc' }],
    keyOf: ({ position }) => [position],
    async read({ where, orderBy, limit }) {
      const rows = await db
        .select({ photo: datasetSnapshotImages, imageId: images.id })
        .from(datasetSnapshotImages)
        .innerJoin(datasetSnapshots, eq(datasetSnapshots.id, datasetSnapshotImages.snapshotId))
        .leftJoin(
          images,
          and(
            eq(images.characterId, datasetSnapshots.characterId),
            eq(images.sha256, datasetSnapshotImages.sha256),
          ),
        )
        .where(and(eq(datasetSnapshotImages.snapshotId, snapshotId), where))
        .orderBy(...orderBy)
        .limit(limit);
      return rows.map(({ photo, imageId }) => ({ ...photo, imageId }));
    },
  });

/** The trainings that learned from a photo, the newest first. */
export const trainingsFrom = ({ characterId, sha256 }: Image, args: ConnectionArgs) =>
  keysetConnection<Training>({
    args,
    order: [{ column: trainings.jobId, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    async read({ where, orderBy, limit }) {
      const learned = db
        .select({ one: sql`1` })
        .from(datasetSnapshotImages)
        .where(
          and(
            eq(datasetSnapshotImages.snapshotId, trainings.datasetSnapshotId),
            eq(datasetSnapshotImages.sha256, sha256),
          ),
        );
      const rows = await db
        .select({ id: trainings.jobId })
        .from(trainings)
        .where(and(eq(trainings.characterId, characterId), exists(learned), where))
        .orderBy(...orderBy)
        .limit(limit);
      const found = (await jobsByIds(rows.map(({ id }) => id))).filter(isTraining);
      return rows.flatMap(({ id }) => found.find((training) => training.id === id) ?? []);
    },
  });
