import { sql } from 'drizzle-orm';
import { check, doublePrecision, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { characters } from './characters.ts';
import { idColumn, largeNumberColumn, timeColumn } from './columns.ts';
import { jobs } from './jobs.ts';

/** Low-rank weights that make a base model know a character: `loras/{characterId}/v{version}.safetensors`. */
export const loras = pgTable(
  'loras',
  {
    id: idColumn(),
    characterId: uuid()
      .notNull()
      .references(() => characters.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    /** The training that made it. */
    jobId: uuid()
      .unique('loras_job_id_key')
      .references(() => jobs.id, { onDelete: 'set null' }),
    name: text().notNull(),
    baseModel: text().notNull(),
    rank: integer().notNull(),
    triggerWord: text().notNull(),
    bytes: largeNumberColumn().notNull(),
    sha256: text().notNull(),
    finalLoss: doublePrecision(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    unique('loras_character_id_version_key').on(t.characterId, t.version),
    index('loras_character_id_id_index').on(t.characterId, t.id),
    check('loras_name_length', sql`char_length(${t.name}) between 1 and 100`),
    check('loras_version_positive', sql`${t.version} > 0`),
  ],
);
