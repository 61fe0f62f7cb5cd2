import { and, eq, isNull } from 'drizzle-orm';
import { outputs } from '#schema/generation.ts';
import { images, referenceImages } from '#schema/images.ts';
import { jobs } from '#schema/jobs.ts';
import { loras } from '#schema/loras.ts';
import {
  checkpoints,
  datasetSnapshotImages,
  datasetSnapshots,
  samples,
  trainings,
} from '#schema/training.ts';
import { hasEnded } from '../jobs/jobs.ts';
import { lockFile } from '../storage/file-lock.ts';
import {
  checkpointKey,
  loraCardKey,
  loraKey,
  outputKey,
  photoKey,
  previewKey,
  referenceKey,
  sampleKey,
  thumbnailKey,
} from '../storage/keys.ts';
import { type FileKind, isGiven, lockCharacter, lockJob, part, shape } from './file-kind.ts';

const photo: FileKind = {
  pattern: shape('uploads/<characterId:id>/<sha256:sha256>\\.\\w+'),
  lock: lockFile,
  async named(tx, files) {
    const { characterId, sha256, format } = images;
    const ofImages = await tx
      .select({ characterId, sha256, format })
      .from(images)
      .where(isGiven(files, { characterId, sha256 }));
    // After the images: one that goes leaves its file to the snapshots that were there before.
    const { characterId: ofCharacter } = datasetSnapshots;
    const { sha256: content, format: kind, snapshotId } = datasetSnapshotImages;
    const ofSnapshots = await tx
      .select({ characterId: ofCharacter, sha256: content, format: kind })
      .from(datasetSnapshotImages)
      .innerJoin(datasetSnapshots, eq(datasetSnapshots.id, snapshotId))
      .where(isGiven(files, { characterId: ofCharacter, sha256: content }));
    return [...ofImages, ...ofSnapshots].map(photoKey);
  },
};

const reference: FileKind = {
  pattern: shape('uploads/references/<sha256:sha256>\\.\\w+'),
  lock: lockFile,
  async named(tx, files) {
    const { sha256, format } = referenceImages;
    const rows = await tx.select({ sha256, format }).from(referenceImages).where(isGiven(files, { sha256 }));
    return rows.map(referenceKey);
  },
};

const lora: FileKind = {
  pattern: shape('loras/<characterId:id>/v<version:number>\\.(?:safetensors|json)'),
  lock: lockCharacter,
  async named(tx, files) {
    const { id, characterId, version } = loras;
    const rows = await tx
      .select({ id, characterId, version })
      .from(loras)
      .where(isGiven(files, { characterId, version }));
    return rows.flatMap((row) => [loraKey(row), loraCardKey(row)]);
  },
};

/** One that belongs to nobody: its writer locks the key of the weights, for the card as well. */
const uploadedLora: FileKind = {
  pattern: shape('loras/uploaded/<id:id>\\.(?:safetensors|json)'),
  lock: (tx, _, file) => lockFile(tx, loraKey({ id: part(file, 'id'), characterId: null, version: null })),
  async named(tx, files) {
    const { id, characterId, version } = loras;
    const rows = await tx
      .select({ id, characterId, version })
      .from(loras)
      .where(and(isNull(characterId), isGiven(files, { id })));
    return rows.flatMap((row) => [loraKey(row), loraCardKey(row)]);
  },
};

const checkpoint: FileKind = {
  pattern: shape('loras/<characterId:id>/trainings/<jobId:id>/checkpoints/<step:number>\\.safetensors'),
  lock: lockJob,
  async named(tx, files) {
    const { jobId, step } = checkpoints;
    const rows = await tx
      .select({ characterId: trainings.characterId, jobId, step })
      .from(checkpoints)
      .innerJoin(trainings, eq(trainings.jobId, jobId))
      .where(isGiven(files, { jobId, step }));
    return rows.map(checkpointKey);
  },
};

const sample: FileKind = {
  pattern: shape(
    'loras/<characterId:id>/trainings/<jobId:id>/samples/<step:number>-<promptIndex:number>\\.png',
  ),
  lock: lockJob,
  async named(tx, files) {
    const { jobId, step, promptIndex } = samples;
    const rows = await tx
      .select({ characterId: trainings.characterId, jobId, step, promptIndex })
      .from(samples)
      .innerJoin(trainings, eq(trainings.jobId, jobId))
      .where(isGiven(files, { jobId, step, promptIndex }));
    return rows.map(sampleKey);
  },
};

const output: FileKind = {
  pattern: shape('outputs/<jobId:id>/<index:number>\\.png'),
  lock: lockJob,
  async named(tx, files) {
    const { jobId, index } = outputs;
    const rows = await tx.select({ jobId, index }).from(outputs).where(isGiven(files, { jobId, index }));
    return rows.map(outputKey);
  },
};

/** No row names a preview: it is its job's for as long as that goes on. */
const preview: FileKind = {
  pattern: shape('cache/previews/<jobId:id>/<index:number>'),
  lock: lockJob,
  async named(tx, files) {
    const rows = await tx
      .select({ id: jobs.id, state: jobs.state })
      .from(jobs)
      .where(isGiven(files, { jobId: jobs.id }));
    const open = new Set(rows.filter(({ state }) => !hasEnded(state)).map(({ id }) => id));
    return files
      .map((file) => ({ jobId: part(file, 'jobId'), index: Number(part(file, 'index')) }))
      .filter(({ jobId }) => open.has(jobId))
      .map(previewKey);
  },
};

/** Named by what it shows. It is made again when it is missed, so nobody has to be waited for. */
const thumbnail: FileKind = {
  pattern: shape('cache/thumbnails/\\w\\w/<sha256:sha256>-(?<size>256|1024)\\.webp'),
  async named(tx, files) {
    const shown = new Set<string>();
    for (const table of [images, referenceImages, samples, outputs]) {
      const { sha256 } = table;
      const rows = await tx.select({ sha256 }).from(table).where(isGiven(files, { sha256 }));
      for (const row of rows) shown.add(row.sha256);
    }
    return files
      .filter((file) => shown.has(part(file, 'sha256')))
      .map((file) => thumbnailKey(part(file, 'sha256'), file.size === '256' ? 256 : 1024));
  },
};

/**
 * All that there is on the volume, and who names it. A new kind of file belongs here with the change that writes it: what
 * none of these knows is taken for left behind.
 */
export const FILE_KINDS = [
  photo,
  reference,
  lora,
  uploadedLora,
  checkpoint,
  sample,
  output,
  preview,
  thumbnail,
];
