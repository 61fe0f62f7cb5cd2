import { sql } from 'drizzle-orm';
import {
  check,
  doublePrecision,
  index,
  integer,
  pgEnum,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { characters } from './characters.ts';
import { idColumn, largeNumberColumn, timeColumn } from './columns.ts';
import { jobs } from './jobs.ts';

export const loraOrigin = pgEnum('lora_origin', ['trained', 'uploaded']);

/**
 * Low-rank weights for a base model. Of a character: `loras/{characterId}/v{version}.safetensors`. One that was uploaded may belong to
 * nobody, a style say: `loras/uploaded/{id}.safetensors`.
 */
export const loras = pgTable(
  'loras',
  {
    id: idColumn(),
    characterId: uuid().references(() => characters.id, { onDelete: 'cascade' }),
    version: integer(),
    origin: loraOrigin().notNull().default('trained'),
    /** The training that made it, and the step after which its weights were taken: the last one, or that of a checkpoint. */
    jobId: uuid().references(() => jobs.id, { onDelete: 'set null' }),
    step: integer(),
    name: text().notNull(),
    baseModel: text().notNull(),
    /** It works with every base model of this family. */
    family: text().notNull(),
    rank: integer().notNull(),
    triggerWord: text(),
    /** What the file of an uploaded one says that may be its trigger word, the likeliest first. */
    suggestedTriggerWords: text().array().notNull().default([]),
    bytes: largeNumberColumn().notNull(),
    sha256: text().notNull(),
    finalLoss: doublePrecision(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    unique('loras_character_id_version_key').on(t.characterId, t.version),
    unique('loras_job_id_step_key').on(t.jobId, t.step),
    index('loras_character_id_id_index').on(t.characterId, t.id),
    check('loras_name_length', sql`char_length(${t.name}) between 1 and 100`),
    check('loras_version_with_character', sql`(${t.characterId} is null) = (${t.version} is null)`),
    check('loras_version_positive', sql`${t.version} > 0`),
  ],
);
