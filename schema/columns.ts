import { sql } from 'drizzle-orm';
import { bigint, timestamp, uuid } from 'drizzle-orm/pg-core';

/** UUID v7 (RFC 9562): grows with time, so that `order by id` is `order by age` and a keyset cursor is one column. */
export const idColumn = () => uuid().primaryKey().default(sql`uuidv7()`);

// Milliseconds, as JavaScript has them: a finer value would not survive the way out and back in as a cursor.
export const timeColumn = () => timestamp({ withTimezone: true, precision: 3 });

/** Sizes of files and seeds: whole numbers up to 2^53 − 1, which JavaScript holds exactly. */
export const largeNumberColumn = () => bigint({ mode: 'number' });
