import { index, integer, pgEnum, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { idColumn, timeColumn } from './columns.ts';

export const inconsistencyKind = pgEnum('inconsistency_kind', [
  'job_without_message',
  'message_without_job',
  'job_without_lease',
  'process_without_lease',
  'row_without_file',
  'file_without_row',
  'file_changed',
]);

/** A look at whether database, queue, volume and processes agree. */
export const consistencyChecks = pgTable('consistency_checks', {
  id: idColumn(),
  startedAt: timeColumn().notNull().defaultNow(),
  finishedAt: timeColumn(),
  /** How much was looked at. */
  jobs: integer().notNull().default(0),
  messages: integer().notNull().default(0),
  files: integer().notNull().default(0),
  rows: integer().notNull().default(0),
  /** Why it could not be finished; null when it was, or goes on. */
  error: text(),
});

export const inconsistencies = pgTable(
  'inconsistencies',
  {
    id: idColumn(),
    checkId: uuid()
      .notNull()
      .references(() => consistencyChecks.id, { onDelete: 'cascade' }),
    kind: inconsistencyKind().notNull(),
    /** The job, process or file that it is about. */
    subject: text().notNull(),
    /** One sentence for people. */
    message: text().notNull(),
  },
  (t) => [index('inconsistencies_check_id_index').on(t.checkId)],
);
