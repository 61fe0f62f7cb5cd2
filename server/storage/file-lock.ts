import { sql } from 'drizzle-orm';
import type { Tx } from '../db.ts';

/** Whoever writes or removes the file under a key, and its row, holds this lock until both are done. */
export const lockFile = (tx: Tx, key: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
