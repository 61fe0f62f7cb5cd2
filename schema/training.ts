import {
  type AnyPgColumn,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { characters } from './characters.ts';
import { idColumn, largeNumberColumn, timeColumn } from './columns.ts';
import { imageFormat } from './images.ts';
import { jobs } from './jobs.ts';

export const trainingPreset = pgEnum('training_preset', ['quick', 'balanced', 'quality', 'custom']);
export const trainingMethod = pgEnum('training_method', ['lora']);
export const optimizer = pgEnum('optimizer', ['adamw8bit', 'adamw', 'prodigy']);
export const learningRateScheduler = pgEnum('learning_rate_scheduler', [
  'constant',
  'cosine',
  'cosine_with_restarts',
  'linear',
]);
export const precision = pgEnum('precision', ['bf16', 'fp16', 'fp32']);

/** Why samples are not compared with the photos: it is switched off, no photo shows one clear face, or it went wrong. */
export const identityLack = pgEnum('identity_lack', ['off', 'no_face', 'failed']);

/** Every field is set: what the caller left out was filled in when the training was started. */
export type TrainingConfig = {
  method: (typeof trainingMethod.enumValues)[number];
  steps: number;
  learningRate: number;
  batchSize: number;
  /** Pixels a side. */
  resolution: number;
  rank: number;
  alpha: number;
  optimizer: (typeof optimizer.enumValues)[number];
  scheduler: (typeof learningRateScheduler.enumValues)[number];
  precision: (typeof precision.enumValues)[number];
  gradientAccumulation: number;
  /** Share of steps whose caption is left out, 0 to 1. */
  captionDropout: number;
  /** Steps between sample images. */
  sampleEvery: number;
  samplePrompts: string[];
  /** Steps between checkpoints. */
  checkpointEvery: number;
  keepCheckpoints: number;
  seed: number;
};

/** What a GPU did while a job ran, as the engine last told. */
export type GpuStats = {
  utilisation: number;
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  temperatureCelsius: number;
  powerWatts: number;
};

/** The photos and captions that a training learned from, as they were when it was started. Never changes. */
export const datasetSnapshots = pgTable(
  'dataset_snapshots',
  {
    id: idColumn(),
    characterId: uuid()
      .notNull()
      .references(() => characters.id, { onDelete: 'cascade' }),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [index('dataset_snapshots_character_id_index').on(t.characterId)],
);

export const datasetSnapshotImages = pgTable(
  'dataset_snapshot_images',
  {
    snapshotId: uuid()
      .notNull()
      .references(() => datasetSnapshots.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    sha256: text().notNull(),
    format: imageFormat().notNull(),
    caption: text(),
  },
  (t) => [
    primaryKey({ name: 'dataset_snapshot_images_pkey', columns: [t.snapshotId, t.position] }),
    index('dataset_snapshot_images_sha256_index').on(t.sha256),
  ],
);

export const trainings = pgTable(
  'trainings',
  {
    jobId: uuid()
      .primaryKey()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    characterId: uuid()
      .notNull()
      .references(() => characters.id, { onDelete: 'cascade' }),
    /** The nth training of its character, from 1. */
    number: integer().notNull(),
    // Not `restrict`, which is checked at once: deleting a character takes its snapshots before its trainings.
    datasetSnapshotId: uuid()
      .notNull()
      .references(() => datasetSnapshots.id, { onDelete: 'no action' }),
    resumedFromId: uuid().references((): AnyPgColumn => checkpoints.id, { onDelete: 'set null' }),
    baseModel: text().notNull(),
    triggerWord: text().notNull(),
    preset: trainingPreset().notNull(),
    config: jsonb().$type<TrainingConfig>().notNull(),
    loss: doublePrecision(),
    learningRate: doublePrecision(),
    gpu: jsonb().$type<GpuStats>(),
    /** Null while its samples are compared, and before that is known. */
    identityLack: identityLack(),
  },
  (t) => [
    unique('trainings_character_id_number_key').on(t.characterId, t.number),
    index('trainings_character_id_job_id_index').on(t.characterId, t.jobId),
    index('trainings_dataset_snapshot_id_index').on(t.datasetSnapshotId),
    index('trainings_resumed_from_id_index').on(t.resumedFromId),
  ],
);

export const trainingMetrics = pgTable(
  'training_metrics',
  {
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    step: integer().notNull(),
    loss: doublePrecision().notNull(),
    learningRate: doublePrecision().notNull(),
  },
  (t) => [primaryKey({ name: 'training_metrics_pkey', columns: [t.jobId, t.step] })],
);

/** An image made while training, to see how far it is. */
export const samples = pgTable(
  'samples',
  {
    id: idColumn(),
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    step: integer().notNull(),
    promptIndex: integer().notNull(),
    prompt: text().notNull(),
    seed: largeNumberColumn().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    thumbHash: text().notNull(),
    /** Whether faces were looked for, also when that went wrong: then it has no number of faces. */
    isLookedAt: boolean().notNull().default(false),
    faceCount: integer(),
    /** How much its largest face is like those of the photos, 0 to 1; without a face 0. What describes a face is kept nowhere. */
    identityScore: doublePrecision(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [unique('samples_job_id_step_prompt_index_key').on(t.jobId, t.step, t.promptIndex)],
);

/** The weights at a step: what a training resumes from, and a LoRA to try. */
export const checkpoints = pgTable(
  'checkpoints',
  {
    id: idColumn(),
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    step: integer().notNull(),
    bytes: largeNumberColumn().notNull(),
    sha256: text().notNull(),
    isPinned: boolean().notNull().default(false),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [unique('checkpoints_job_id_step_key').on(t.jobId, t.step)],
);
