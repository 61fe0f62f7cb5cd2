import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
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
import { jobs } from './jobs.ts';
import { loras } from './loras.ts';

export const controlNetMode = pgEnum('control_net_mode', ['pose', 'depth', 'canny']);

/** Which picture steers a toggle: one of ours, by kind and id. */
export type ImageSource = { kind: 'image' | 'output' | 'reference_image'; id: string };

export type ControlNetMode = (typeof controlNetMode.enumValues)[number];

/** A toggle that is off is null. `Reference` is how its picture is named: by its row here, by a path for an engine. */
export type GenerationToggles<Reference = ImageSource> = {
  /** The image starts from `reference`, `denoise` (0 to 1) says how much becomes new; with a mask only where it is light. */
  initImage: { reference: Reference; mask: Reference | null; denoise: number } | null;
  /** `isMap`: the reference is the skeleton, the depths or the edges already, so nothing is to be found in it. */
  controlNet: { mode: ControlNetMode; reference: Reference; strength: number; isMap: boolean } | null;
  ipAdapter: { reference: Reference; weight: number } | null;
  faceDetailer: { denoise: number } | null;
  upscale: { factor: 2 | 4 } | null;
};

/**
 * Axes of a grid; null for what does not vary. The images are their product: prompts, then LoRAs, then strengths, then seeds, the last of
 * them changing fastest.
 */
export type Grid = {
  prompts: string[] | null;
  /** By `position` in `generation_loras`; null: none stands in the first place. */
  loras: (number | null)[] | null;
  /** Of the LoRA in the first place. */
  strengths: number[] | null;
  seeds: number[] | null;
};

export const generations = pgTable(
  'generations',
  {
    jobId: uuid()
      .primaryKey()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    baseModel: text().notNull(),
    /** As it was written; `generation_images` has what became of it. The first of a grid over prompts. */
    prompt: text().notNull(),
    negativePrompt: text().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    steps: integer().notNull(),
    guidanceScale: doublePrecision().notNull(),
    /** Of image 0. In a batch image i has `seed + i`. */
    seed: largeNumberColumn().notNull(),
    count: integer().notNull(),
    sampler: text().notNull(),
    scheduler: text().notNull(),
    toggles: jsonb().$type<GenerationToggles>().notNull(),
    /** Null for a batch. */
    grid: jsonb().$type<Grid>(),
  },
  (t) => [check('generations_seed_exact', sql`${t.seed} between 0 and 9007199254740991`)],
);

/**
 * The LoRAs of a generation: first those of its stack, in the order in which they are applied, then those that stand on an axis of its
 * grid alone.
 */
export const generationLoras = pgTable(
  'generation_loras',
  {
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    // A LoRA can be deleted; what it was called and how strong it was stays with the images.
    loraId: uuid().references(() => loras.id, { onDelete: 'set null' }),
    name: text().notNull(),
    /** Null for one of an axis alone. */
    strength: doublePrecision(),
  },
  (t) => [
    primaryKey({ name: 'generation_loras_pkey', columns: [t.jobId, t.position] }),
    index('generation_loras_lora_id_index').on(t.loraId),
  ],
);

/** A LoRA of `generation_loras`, as one image uses it. */
export type ImageLora = { position: number; strength: number };

/**
 * Each image as it is to be made, written when the generation is started: a later attempt, and the same again, make the same
 * images, whatever became of lists, trigger words and LoRAs meanwhile.
 */
export const generationImages = pgTable(
  'generation_images',
  {
    jobId: uuid()
      .notNull()
      .references(() => generations.jobId, { onDelete: 'cascade' }),
    index: integer().notNull(),
    prompt: text().notNull(),
    negativePrompt: text().notNull(),
    seed: largeNumberColumn().notNull(),
    /** In the order in which they are applied. */
    loras: jsonb().$type<ImageLora[]>().notNull(),
  },
  (t) => [
    primaryKey({ name: 'generation_images_pkey', columns: [t.jobId, t.index] }),
    // Of the extension pg_trgm: a part of a prompt is found without reading them all.
    index('generation_images_prompt_index').using('gin', t.prompt.op('gin_trgm_ops')),
    check('generation_images_index', sql`${t.index} between 0 and 63`),
    check('generation_images_seed_exact', sql`${t.seed} between 0 and 9007199254740991`),
    check('generation_images_prompt_length', sql`char_length(${t.prompt}) between 1 and 2000`),
    check('generation_images_negative_length', sql`char_length(${t.negativePrompt}) <= 1000`),
  ],
);

/**
 * An image that was generated: `outputs/{jobId}/{index}.png`. One with `deletedAt` is in the trash: it is in no list but that
 * of the trash, and goes for good after 30 days.
 */
export const outputs = pgTable(
  'outputs',
  {
    id: idColumn(),
    jobId: uuid()
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    /** Of its job, which never changes: a million images are not to be joined to find those of one character. */
    characterId: uuid().references(() => characters.id, { onDelete: 'cascade' }),
    index: integer().notNull(),
    seed: largeNumberColumn().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    bytes: largeNumberColumn().notNull(),
    sha256: text().notNull(),
    thumbHash: text().notNull(),
    isFavourite: boolean().notNull().default(false),
    createdAt: timeColumn().notNull().defaultNow(),
    deletedAt: timeColumn(),
  },
  (t) => [
    unique('outputs_job_id_index_key').on(t.jobId, t.index),
    // The gallery walks one of these, by id: whatever it is filtered by, a page costs the same at its start and at its end.
    index('outputs_kept_index').on(t.id).where(sql`${t.deletedAt} is null`),
    index('outputs_favourite_index').on(t.id).where(sql`${t.isFavourite} and ${t.deletedAt} is null`),
    index('outputs_character_id_id_index').on(t.characterId, t.id),
    index('outputs_trash_index').on(t.deletedAt, t.id).where(sql`${t.deletedAt} is not null`),
  ],
);

/** Which LoRAs an image was made with, as `generation_loras` says of its job: here in the order of the gallery. */
export const outputLoras = pgTable(
  'output_loras',
  {
    loraId: uuid()
      .notNull()
      .references(() => loras.id, { onDelete: 'cascade' }),
    outputId: uuid()
      .notNull()
      .references(() => outputs.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ name: 'output_loras_pkey', columns: [t.loraId, t.outputId] }),
    index('output_loras_output_id_index').on(t.outputId),
  ],
);

/** Images that somebody wants in one ZIP. It is made as it is sent, so this is all there is of it; it goes after a day. */
export const archives = pgTable(
  'archives',
  {
    id: idColumn(),
    outputIds: uuid().array().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    index('archives_created_at_index').on(t.createdAt),
    check('archives_size', sql`cardinality(${t.outputIds}) between 1 and 500`),
  ],
);
