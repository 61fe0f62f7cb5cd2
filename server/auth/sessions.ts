import { and, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm';
import { sessions, users } from '#schema/access.ts';
import { isAmong } from '../connection.ts';
import { db, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { isId, NotFound } from '../errors.ts';
import type { Principal, User } from './principal.ts';
import { hashOf, newSecret } from './secrets.ts';
import { ACCESS_TOPIC } from './users.ts';

/** A session ends when it was not used for so long, and in any case so long after it began. */
const IDLE_DAYS = 7;
export const LONGEST_DAYS = 30;
/** A request notes that its session is used; not every one of them needs to write. */
const NOTED_SECONDS = 60;

const MAX_USER_AGENT = 300;

/** What a request shows of its sender. */
export type Client = { address: string; userAgent: string | null };

export type Session = Omit<typeof sessions.$inferSelect, 'secretHash'>;

const COLUMNS = {
  id: sessions.id,
  userId: sessions.userId,
  userAgent: sessions.userAgent,
  address: sessions.address,
  createdAt: sessions.createdAt,
  lastUsedAt: sessions.lastUsedAt,
  expiresAt: sessions.expiresAt,
};

const isAlive = () =>
  and(
    gt(sessions.expiresAt, sql`now()`),
    gt(sessions.lastUsedAt, sql`now() - make_interval(days => ${IDLE_DAYS})`),
  );

/** Resolves to the secret for the cookie, which is nowhere else. */
export async function startSession(tx: Pick<Tx, 'insert'>, userId: string, client: Client): Promise<string> {
  const secret = newSecret();
  await tx.insert(sessions).values({
    userId,
    secretHash: hashOf(secret),
    address: client.address,
    userAgent: client.userAgent?.slice(0, MAX_USER_AGENT) ?? null,
    expiresAt: sql`now() + make_interval(days => ${LONGEST_DAYS})`,
  });
  return secret;
}

const findAlive = db
  .select({
    sessionId: sessions.id,
    user: { id: users.id, name: users.name, role: users.role },
    isNoted: gt(sessions.lastUsedAt, sql`now() - make_interval(secs => ${NOTED_SECONDS})`) as SQL<boolean>,
  })
  .from(sessions)
  .innerJoin(users, eq(users.id, sessions.userId))
  .where(and(eq(sessions.secretHash, sql.placeholder('secretHash')), isAlive()))
  .prepare('session_of_secret');

/** Whose session it is; undefined when there is none, or not any more. */
export async function sessionOf(
  secret: string,
  client: Client,
): Promise<Extract<Principal, { kind: 'session' }> | undefined> {
  const [row] = await findAlive.execute({ secretHash: hashOf(secret) });
  if (row === undefined) return;
  const { sessionId, user, isNoted } = row;
  if (!isNoted)
    await db
      .update(sessions)
      .set({ lastUsedAt: sql`now()`, address: client.address })
      .where(eq(sessions.id, sessionId));
  return { kind: 'session', sessionId, user };
}

export const sessionsOf = (userId: string): Promise<Session[]> =>
  db
    .select(COLUMNS)
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isAlive()))
    .orderBy(desc(sessions.lastUsedAt));

/** Those of these sessions that are still good, with the roles that their users have now. */
export const aliveSessions = (ids: string[]): Promise<{ id: string; role: User['role'] }[]> =>
  db
    .select({ id: sessions.id, role: users.role })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(isAmong(sessions.id, ids), isAlive()));

/** One of the user's own, or for an owner of anybody's. */
export async function revokeSession(id: string, by: User): Promise<void> {
  const whose = by.role === 'owner' ? undefined : eq(sessions.userId, by.id);
  if (!isId(id) || !(await endSession(and(eq(sessions.id, id), whose)))) throw new NotFound('session', id);
}

export const endSessionOf = (secret: string) => endSession(eq(sessions.secretHash, hashOf(secret)));

const endSession = (which: SQL | undefined): Promise<boolean> =>
  db.transaction(async (tx) => {
    const { count } = await tx.delete(sessions).where(which);
    if (count > 0) await ring(tx, ACCESS_TOPIC);
    return count > 0;
  });

export async function forgetOldSessions(): Promise<number> {
  const isOver = or(
    lt(sessions.expiresAt, sql`now()`),
    lt(sessions.lastUsedAt, sql`now() - make_interval(days => ${IDLE_DAYS})`),
  );
  return (await db.delete(sessions).where(isOver)).count;
}
