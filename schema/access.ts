import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { idColumn, timeColumn } from './columns.ts';

export const role = pgEnum('role', ['owner', 'editor', 'viewer']);
/** What one may do, as API keys are given it; a role has some of them (server/auth/principal.ts). */
export const scope = pgEnum('scope', ['read', 'write:characters', 'write:loras', 'write:jobs', 'admin']);

/** People with a password. */
export const users = pgTable(
  'users',
  {
    id: idColumn(),
    name: text().notNull(),
    role: role().notNull(),
    /** Argon2id, in the PHC string format, which has its salt and its parameters. */
    passwordHash: text().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('users_name_key').on(sql`lower(${t.name})`),
    check('users_name_length', sql`char_length(${t.name}) between 1 and 100`),
  ],
);

const userColumn = () => uuid().references(() => users.id, { onDelete: 'cascade' });

/** Browsers that are signed in. Of the secret in their cookie only the SHA-256 is kept. */
export const sessions = pgTable(
  'sessions',
  {
    id: idColumn(),
    userId: userColumn().notNull(),
    /** Hex SHA-256. */
    secretHash: text().notNull().unique(),
    /** What the browser said it is: a label. */
    userAgent: text(),
    /** Of the last request. */
    address: text(),
    createdAt: timeColumn().notNull().defaultNow(),
    lastUsedAt: timeColumn().notNull().defaultNow(),
    /** However much it is used. */
    expiresAt: timeColumn().notNull(),
  },
  (t) => [index('sessions_user_id_index').on(t.userId), index('sessions_expires_at_index').on(t.expiresAt)],
);

/** What programs sign in with. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: idColumn(),
    userId: userColumn().notNull(),
    name: text().notNull(),
    /** The start of the key, by which its owner knows it again. */
    prefix: text().notNull(),
    /** Hex SHA-256 of the whole key. */
    secretHash: text().notNull().unique(),
    scopes: scope().array().notNull(),
    createdAt: timeColumn().notNull().defaultNow(),
    lastUsedAt: timeColumn(),
    /** Null: until it is revoked. */
    expiresAt: timeColumn(),
  },
  (t) => [
    index('api_keys_user_id_index').on(t.userId),
    check('api_keys_name_length', sql`char_length(${t.name}) between 1 and 100`),
    check('api_keys_scopes_given', sql`cardinality(${t.scopes}) > 0`),
  ],
);

/** Links that are good for one use: to become a user, or, with `userId`, to take a new password. */
export const invitations = pgTable(
  'invitations',
  {
    id: idColumn(),
    /** Hex SHA-256. */
    secretHash: text().notNull().unique(),
    role: role().notNull(),
    userId: userColumn(),
    /** The owner who made it; null when it was made on the machine itself. It is good for as long as that one is an owner. */
    createdById: userColumn(),
    createdAt: timeColumn().notNull().defaultNow(),
    expiresAt: timeColumn().notNull(),
  },
  (t) => [
    index('invitations_user_id_index').on(t.userId),
    index('invitations_created_by_id_index').on(t.createdById),
    index('invitations_expires_at_index').on(t.expiresAt),
  ],
);

/** How often something was tried that may be tried so often only, in the form that rate-limiter-flexible keeps it. */
export const attempts = pgTable('attempts', {
  key: text().primaryKey(),
  points: bigint({ mode: 'number' }).notNull(),
  expire: timestamp({ withTimezone: true, precision: 3, mode: 'date' }),
});

/** What this installation signs with; all its processes have the same. */
export const secrets = pgTable('secrets', {
  name: text().primaryKey(),
  /** Base64url of 32 random bytes. */
  value: text().notNull(),
});

/** Who changed what. Rows outlive the user and the key, so nothing here refers to them. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: idColumn(),
    at: timeColumn().notNull().defaultNow(),
    /** The mutation. */
    operation: text().notNull(),
    /** Name of the type that it answered with; `Error` when it answered with none. */
    outcome: text().notNull(),
    /** Ids in its input, which are what it was done to. */
    targets: text().array().notNull(),
    userId: uuid(),
    /** Of the user, at that time; null when nobody was signed in. */
    userName: text(),
    /** When it was done with an API key. */
    apiKeyId: uuid(),
    address: text(),
    correlationId: text().notNull(),
  },
  (t) => [index('audit_log_at_index').on(t.at)],
);
