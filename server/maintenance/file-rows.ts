import { and, eq, notExists } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { images, referenceImages } from '#schema/images.ts';
import { loras } from '#schema/loras.ts';
import {
  checkpoints,
  datasetSnapshotImages,
  datasetSnapshots,
  samples,
  trainings,
} from '#schema/training.ts';
import { db } from '../db.ts';
import { checkpointKey, loraKey, outputKey, photoKey, referenceKey, sampleKey } from '../storage/keys.ts';
import { type RowPage, rowPages } from './row-pages.ts';

type Content = { sha256: string; bytes: number };

const ofImages = () =>
  rowPages<typeof images.$inferSelect>({
    order: [images.id],
    idOf: ({ id }) => [id],
    fileOf: (row) => ({ ...contentOf(row), key: photoKey(row) }),
    read: ({ where, orderBy, limit }) => db.select().from(images).where(where).orderBy(orderBy).limit(limit),
  });

const ofReferences = () =>
  rowPages<typeof referenceImages.$inferSelect>({
    order: [referenceImages.id],
    idOf: ({ id }) => [id],
    fileOf: (row) => ({ ...contentOf(row), key: referenceKey(row) }),
    read: ({ where, orderBy, limit }) =>
      db.select().from(referenceImages).where(where).orderBy(orderBy).limit(limit),
  });

/** Photos that a training learned from, and that are no image any more. */
const ofSnapshots = () =>
  rowPages<typeof datasetSnapshotImages.$inferSelect & { characterId: string }>({
    order: [datasetSnapshotImages.snapshotId, datasetSnapshotImages.position],
    idOf: ({ snapshotId, position }) => [snapshotId, position],
    fileOf: (row) => ({ sha256: row.sha256, bytes: null, key: photoKey(row) }),
    async read({ where, orderBy, limit }) {
      const { snapshotId, sha256 } = datasetSnapshotImages;
      const { characterId } = datasetSnapshots;
      const isImage = db
        .select({ id: images.id })
        .from(images)
        .where(and(eq(images.characterId, characterId), eq(images.sha256, sha256)));
      const rows = await db
        .select({ photo: datasetSnapshotImages, characterId })
        .from(datasetSnapshotImages)
        .innerJoin(datasetSnapshots, eq(datasetSnapshots.id, snapshotId))
        .where(and(notExists(isImage), where))
        .orderBy(orderBy)
        .limit(limit);
      return rows.map(({ photo, characterId }) => ({ ...photo, characterId }));
    },
  });

const ofLoras = () =>
  rowPages<typeof loras.$inferSelect>({
    order: [loras.id],
    idOf: ({ id }) => [id],
    fileOf: (row) => ({ ...contentOf(row), key: loraKey(row) }),
    read: ({ where, orderBy, limit }) => db.select().from(loras).where(where).orderBy(orderBy).limit(limit),
  });

type OfTraining<Row> = { row: Row; characterId: string };

const ofCheckpoints = () =>
  rowPages<OfTraining<typeof checkpoints.$inferSelect>>({
    order: [checkpoints.id],
    idOf: ({ row }) => [row.id],
    fileOf: ({ row, characterId }) => ({ ...contentOf(row), key: checkpointKey({ ...row, characterId }) }),
    read: ({ where, orderBy, limit }) =>
      db
        .select({ row: checkpoints, characterId: trainings.characterId })
        .from(checkpoints)
        .innerJoin(trainings, eq(trainings.jobId, checkpoints.jobId))
        .where(where)
        .orderBy(orderBy)
        .limit(limit),
  });

const ofSamples = () =>
  rowPages<OfTraining<typeof samples.$inferSelect>>({
    order: [samples.id],
    idOf: ({ row }) => [row.id],
    fileOf: ({ row, characterId }) => ({ ...contentOf(row), key: sampleKey({ ...row, characterId }) }),
    read: ({ where, orderBy, limit }) =>
      db
        .select({ row: samples, characterId: trainings.characterId })
        .from(samples)
        .innerJoin(trainings, eq(trainings.jobId, samples.jobId))
        .where(where)
        .orderBy(orderBy)
        .limit(limit),
  });

const ofOutputs = () =>
  rowPages<typeof outputs.$inferSelect>({
    order: [outputs.id],
    idOf: ({ id }) => [id],
    fileOf: (row) => ({ ...contentOf(row), key: outputKey(row) }),
    read: ({ where, orderBy, limit }) => db.select().from(outputs).where(where).orderBy(orderBy).limit(limit),
  });

const contentOf = ({ sha256, bytes }: Content): Content => ({ sha256, bytes });

/** Every row that names a file. Pictures derived from it, and the card beside a LoRA, have no row of their own. */
export async function* filesOfRows(): AsyncGenerator<RowPage> {
  for (const read of [ofImages, ofReferences, ofSnapshots, ofLoras, ofCheckpoints, ofSamples, ofOutputs])
    yield* read();
}
