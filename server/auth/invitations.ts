import { and, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { invitations, users } from '#schema/access.ts';
import { db, one, type Tx } from '../db.ts';
import { isId, NotFound, parseInput, UserError } from '../errors.ts';
import { hashPassword, Password } from './passwords.ts';
import type { Role } from './principal.ts';
import { hashOf, newSecret } from './secrets.ts';
import { type Client, startSession } from './sessions.ts';
import { hasOwner, insertUser, replacePassword, UserName, type UserRow, usersByIds } from './users.ts';

const SET_UP_HOURS = 1;
const INVITATION_HOURS = 72;

export class InvalidInvitation extends UserError {
  readonly code = 'INVALID_INVITATION';

  constructor() {
    super('This link was used, has expired, or never was one. Ask for a new one.');
  }
}

export type Invitation = { secret: string; expiresAt: Date };

/** `createdById`: null for whoever is at the machine. */
type NewInvitation = { role: Role; userId?: string; hours?: number; createdById: string | null };

async function makeInvitation(tx: Pick<Tx, 'insert'>, invitation: NewInvitation): Promise<Invitation> {
  const { role, userId = null, hours = INVITATION_HOURS, createdById } = invitation;
  const secret = newSecret();
  const expiresAt = sql`now() + make_interval(hours => ${hours})`;
  const values = { role, userId, createdById, secretHash: hashOf(secret), expiresAt };
  const row = one(await tx.insert(invitations).values(values).returning({ at: invitations.expiresAt }));
  return { secret, expiresAt: row.at };
}

/** Links are used one after the other, so that of several to become the first owner only one does. */
const oneAtATime = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(hashtext('invitations'))`);

/** For the one who starts it: to become its first owner. Null when there is one. */
export const inviteFirstOwner = (): Promise<Invitation | null> =>
  db.transaction(async (tx) => {
    await oneAtATime(tx);
    return (await hasOwner(tx))
      ? null
      : makeInvitation(tx, { role: 'owner', hours: SET_UP_HOURS, createdById: null });
  });

export const inviteUser = (role: Role, createdById: string | null) =>
  makeInvitation(db, { role, createdById });

/** For a user who has forgotten the password. The old one stays good until the link is used. */
export async function inviteToNewPassword(userId: string, createdById: string | null): Promise<Invitation> {
  const [user] = isId(userId) ? await usersByIds([userId]) : [];
  if (user === undefined) throw new NotFound('user', userId);
  return makeInvitation(db, { role: user.role, userId, createdById, hours: SET_UP_HOURS });
}

const Acceptance = z.object({ name: UserName.nullish(), password: Password });

type AcceptanceInput = { secret: string; name?: string | null | undefined; password: string };

/** Whom a link makes an owner, editor or viewer, or whose password it is for; undefined when it is good for nothing. */
export async function findInvitation(
  secret: string,
): Promise<{ role: Role; userName: string | null } | null> {
  const [row] = await db.select().from(invitations).where(isGood(secret));
  if (row === undefined) return null;
  const [user] = row.userId === null ? [] : await usersByIds([row.userId]);
  return { role: row.role, userName: user?.name ?? null };
}

const owners = () => db.select({ id: users.id }).from(users).where(eq(users.role, 'owner'));

const isGood = (secret: string) =>
  and(
    eq(invitations.secretHash, hashOf(secret)),
    gt(invitations.expiresAt, sql`now()`),
    // Who is no owner any more must not come back by a link of before.
    or(isNull(invitations.createdById), inArray(invitations.createdById, owners())),
  );

/** Uses a link up. Resolves to the user and the secret of a first session. */
export async function acceptInvitation(
  input: AcceptanceInput,
  client: Client,
): Promise<{ user: UserRow; session: string }> {
  const { name, password } = parseInput(Acceptance, input);
  // Nobody guesses 256 bits. Hashing takes a tenth of a second and 64 MiB, so it is for nobody who has no link.
  if ((await findInvitation(input.secret)) === null) throw new InvalidInvitation();
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    await oneAtATime(tx);
    // Who comes second with the same link finds no row: one use.
    const [used] = await tx.delete(invitations).where(isGood(input.secret)).returning();
    if (used === undefined) throw new InvalidInvitation();
    const user =
      used.userId === null
        ? await becomeUser(tx, { role: used.role, passwordHash, name: name ?? '' })
        : await takePassword(tx, used.userId, passwordHash);
    return { user, session: await startSession(tx, user.id, client) };
  });
}

async function becomeUser(tx: Tx, user: { name: string; role: Role; passwordHash: string }) {
  const { name } = parseInput(z.object({ name: UserName }), user);
  // Before there is an owner nobody invites, so all other links are to become the first one, from other starts.
  if (!(await hasOwner(tx))) await tx.delete(invitations);
  return insertUser(tx, { ...user, name });
}

async function takePassword(tx: Tx, userId: string, passwordHash: string): Promise<UserRow> {
  await replacePassword(tx, userId, passwordHash);
  return one(await usersByIds([userId]));
}

export async function forgetOldInvitations(): Promise<number> {
  return (await db.delete(invitations).where(lt(invitations.expiresAt, sql`now()`))).count;
}
