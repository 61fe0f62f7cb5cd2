import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { idColumn, timeColumn } from './columns.ts';

/** Who a LoRA is about. */
export const characters = pgTable(
  'characters',
  {
    id: idColumn(),
    name: text().notNull(),
    triggerWord: text().notNull(),
    description: text(),
    // Counters, so that a number once given is never given again, whatever was deleted since.
    lastTrainingNumber: integer().notNull().default(0),
    lastLoraVersion: integer().notNull().default(0),
    createdAt: timeColumn().notNull().defaultNow(),
    updatedAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('characters_trigger_word_key').on(sql`lower(${t.triggerWord})`),
    index('characters_name_index').on(sql`lower(${t.name})`, t.id),
    index('characters_updated_at_index').on(t.updatedAt, t.id),
    check('characters_name_length', sql`char_length(${t.name}) between 1 and 100`),
    check('characters_trigger_word_form', sql`${t.triggerWord} ~ '^[[:alnum:] _-]{2,50}$'`),
    check('characters_description_length', sql`char_length(${t.description}) <= 500`),
  ],
);
