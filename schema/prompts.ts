import { sql } from 'drizzle-orm';
import { check, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { idColumn, timeColumn } from './columns.ts';

/** Lists that prompts draw from: `__hair__` is one of the values of `hair`. */
export const wildcards = pgTable(
  'wildcards',
  {
    id: idColumn(),
    name: text().notNull(),
    values: text().array().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
    updatedAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('wildcards_name_key').on(t.name),
    // In lower case, so that one name cannot be there twice.
    check(
      'wildcards_name_form',
      sql`char_length(${t.name}) <= 50 and ${t.name} ~ '^[a-z0-9-]+(_[a-z0-9-]+)*$'`,
    ),
    check('wildcards_values_count', sql`cardinality(${t.values}) between 1 and 1000`),
  ],
);

/** Prompts to begin with, by name. They belong to the library: that a character is forgotten leaves them as they are. */
export const promptTemplates = pgTable(
  'prompt_templates',
  {
    id: idColumn(),
    name: text().notNull(),
    prompt: text().notNull(),
    negativePrompt: text().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
    updatedAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('prompt_templates_name_key').on(sql`lower(${t.name})`),
    check('prompt_templates_name_length', sql`char_length(${t.name}) between 1 and 100`),
    check('prompt_templates_prompt_length', sql`char_length(${t.prompt}) between 1 and 2000`),
    check('prompt_templates_negative_length', sql`char_length(${t.negativePrompt}) <= 1000`),
  ],
);
