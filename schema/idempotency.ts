import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { timeColumn } from './columns.ts';

/** A mutation that was asked for under a key of the caller's own, and what it made: asked again, it answers the same. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Whose key it is: the id of a user; empty without accounts. Two people may take the same one. */
    owner: text().notNull().default(''),
    key: text().notNull(),
    /** Name of the mutation. */
    operation: text().notNull(),
    /** Hex SHA-256 of the mutation and its input. */
    fingerprint: text().notNull(),
    /** What the first run answered, in the operation's own form: ids, mostly. */
    answer: jsonb().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.owner, t.key] }),
    index('idempotency_keys_created_at_index').on(t.createdAt),
  ],
);
