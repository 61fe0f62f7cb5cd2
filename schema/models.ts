import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { largeNumberColumn } from './columns.ts';
import { jobs } from './jobs.ts';

/** The job that brings a model file here. What the source said of the file is null until it was asked. */
export const downloads = pgTable(
  'downloads',
  {
    jobId: uuid()
      .primaryKey()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    /** Of the catalogue, such as `sdxl/checkpoint`. */
    modelId: text().notNull(),
    /** Of the whole file. */
    bytes: largeNumberColumn(),
    /** In hex: what the whole file has to have. */
    sha256: text(),
    /** The commit of the repository that the file is taken from. */
    commit: text(),
  },
  (t) => [index('downloads_model_id_job_id_index').on(t.modelId, t.jobId)],
);
