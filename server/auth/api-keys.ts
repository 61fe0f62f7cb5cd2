import { and, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys, users } from '#schema/access.ts';
import { isAmong } from '../connection.ts';
import { db, one } from '../db.ts';
import { ring } from '../doorbell.ts';
import { isId, NotFound, parseInput } from '../errors.ts';
import { type Principal, type Scope, scopesOfRole, type User } from './principal.ts';
import { hashOf, newSecret } from './secrets.ts';
import { ACCESS_TOPIC, UserName } from './users.ts';

/** By which people, and programs that look for secrets in places where none belong, know one of ours. */
const PREFIX = 'isengard_';
const SHOWN_CHARACTERS = PREFIX.length + 6;
const FORM = /^isengard_[A-Za-z0-9_-]{43}$/;
const NOTED_SECONDS = 60;

export type ApiKey = Omit<typeof apiKeys.$inferSelect, 'secretHash'>;

const COLUMNS = {
  id: apiKeys.id,
  userId: apiKeys.userId,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
  expiresAt: apiKeys.expiresAt,
};

const isAlive = () => or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`));

const NewKey = (user: User) =>
  z.object({
    name: UserName,
    scopes: z
      .array(z.custom<Scope>())
      .min(1, 'Give at least one.')
      .transform((scopes) => [...new Set(scopes)])
      .refine((scopes) => scopes.every((scope) => scopesOfRole(user.role).includes(scope)), {
        error: `Your role has ${scopesOfRole(user.role).join(', ')}; a key cannot have more.`,
      }),
    expiresInDays: z
      .int()
      .min(1, 'Must be 1 to 3650.')
      .max(3650, 'Must be 1 to 3650.')
      .nullish()
      .transform((days) => days ?? null),
  });

type KeyInput = { name: string; scopes: Scope[]; expiresInDays?: number | null | undefined };

/** Resolves to the row and the key itself, which is kept nowhere and cannot be shown again. */
export async function createApiKey(user: User, input: KeyInput): Promise<{ row: ApiKey; key: string }> {
  const { name, scopes, expiresInDays } = parseInput(NewKey(user), input);
  const key = `${PREFIX}${newSecret()}`;
  const values = {
    userId: user.id,
    name,
    scopes,
    prefix: key.slice(0, SHOWN_CHARACTERS),
    secretHash: hashOf(key),
    expiresAt: expiresInDays === null ? null : sql`now() + make_interval(days => ${expiresInDays})`,
  };
  return { row: one(await db.insert(apiKeys).values(values).returning(COLUMNS)), key };
}

const findAlive = db
  .select({
    keyId: apiKeys.id,
    scopes: apiKeys.scopes,
    user: { id: users.id, name: users.name, role: users.role },
    isNoted: gt(apiKeys.lastUsedAt, sql`now() - make_interval(secs => ${NOTED_SECONDS})`) as SQL<
      boolean | null
    >,
  })
  .from(apiKeys)
  .innerJoin(users, eq(users.id, apiKeys.userId))
  .where(and(eq(apiKeys.secretHash, sql.placeholder('secretHash')), isAlive()))
  .prepare('api_key_of_secret');

/** Whose key it is; undefined when it is none, was revoked or has expired. */
export async function apiKeyOf(key: string): Promise<Extract<Principal, { kind: 'key' }> | undefined> {
  if (!FORM.test(key)) return;
  const [row] = await findAlive.execute({ secretHash: hashOf(key) });
  if (row === undefined) return;
  const { isNoted, ...found } = row;
  if (!isNoted) await db.update(apiKeys).set({ lastUsedAt: sql`now()` }).where(eq(apiKeys.id, found.keyId));
  return { kind: 'key', ...found };
}

export const apiKeysOf = (userId: string): Promise<ApiKey[]> =>
  db.select(COLUMNS).from(apiKeys).where(eq(apiKeys.userId, userId)).orderBy(desc(apiKeys.id));

/** Those of these keys that are still good, with the roles that their makers have now. */
export const aliveKeys = (ids: string[]): Promise<{ id: string; role: User['role'] }[]> =>
  db
    .select({ id: apiKeys.id, role: users.role })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(isAmong(apiKeys.id, ids), isAlive()));

/** One of the user's own, or for an owner of anybody's. */
export async function revokeApiKey(id: string, by: User): Promise<void> {
  const whose = by.role === 'owner' ? undefined : eq(apiKeys.userId, by.id);
  const count = !isId(id)
    ? 0
    : await db.transaction(async (tx) => {
        const deleted = await tx.delete(apiKeys).where(and(eq(apiKeys.id, id), whose));
        await ring(tx, ACCESS_TOPIC);
        return deleted.count;
      });
  if (count === 0) throw new NotFound('API key', id);
}

/** An expired key stays for a while, so that its owner sees why a program is refused. */
export async function forgetExpiredApiKeys(): Promise<number> {
  const isOld = lt(apiKeys.expiresAt, sql`now() - interval '30 days'`);
  return (await db.delete(apiKeys).where(isOld)).count;
}
