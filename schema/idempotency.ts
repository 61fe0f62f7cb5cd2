import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { timeColumn } from './columns.ts';

/** A mutation that was asked for under a key of the caller's own, and what it made: asked again, it answers the same. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    key: text().primaryKey(),
    /** Name of the mutation. */
    operation: text().notNull(),
    /** Hex SHA-256 of the mutation and its input. */
    fingerprint: text().notNull(),
    /** What the first run answered, in the operation's own form: ids, mostly. */
    answer: jsonb().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [index('idempotency_keys_created_at_index').on(t.createdAt)],
);
