import { and, asc, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys, invitations, sessions, users } from '#schema/access.ts';
import { isAmong } from '../connection.ts';
import { db, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { isId, isStorable, NotFound, parseInput, UNSTORABLE, UserError } from '../errors.ts';
import { hashPassword, isPassword, Password } from './passwords.ts';
import type { Role, User } from './principal.ts';
import { countAttempt, forgiveAttempts } from './throttle.ts';

/** Rung when somebody may do less than before, or nothing any more. */
export const ACCESS_TOPIC = 'access';

export class WrongCredentials extends UserError {
  readonly code = 'WRONG_CREDENTIALS';

  constructor(message = 'There is no such name and password.') {
    super(message);
  }
}

export class NameTaken extends UserError {
  readonly code = 'NAME_TAKEN';

  constructor() {
    super('Somebody has this name already.');
  }
}

export class LastOwner extends UserError {
  readonly code = 'LAST_OWNER';

  constructor() {
    super('There must be an owner. Make somebody else one first.');
  }
}

export const UserName = z
  .string()
  .trim()
  .min(1, 'Must have at least 1 character.')
  .refine((name) => [...name].length <= 100, 'May have at most 100 characters.')
  .refine((name) => !/\p{Cc}/u.test(name), 'It cannot have line breaks or other control characters.')
  .refine(isStorable, UNSTORABLE);

const COLUMNS = { id: users.id, name: users.name, role: users.role, createdAt: users.createdAt };
export type UserRow = User & { createdAt: Date };

export async function hasOwner(reader: Pick<Tx, 'select'> = db): Promise<boolean> {
  const [owner] = await reader.select({ id: users.id }).from(users).where(eq(users.role, 'owner')).limit(1);
  return owner !== undefined;
}

export const listUsers = (): Promise<UserRow[]> => db.select(COLUMNS).from(users).orderBy(asc(users.id));

export async function usersByIds(ids: readonly string[]): Promise<UserRow[]> {
  return db
    .select(COLUMNS)
    .from(users)
    .where(isAmong(users.id, [...ids]));
}

export async function insertUser(
  tx: Tx,
  user: { name: string; role: Role; passwordHash: string },
): Promise<UserRow> {
  const [row] = await tx.insert(users).values(user).onConflictDoNothing().returning(COLUMNS);
  if (row === undefined) throw new NameTaken();
  return row;
}

/** Who has this name and password. Takes as long when there is nobody of this name. */
export async function authenticate(
  given: { name: string; password: string },
  address: string,
): Promise<UserRow> {
  const name = given.name.trim();
  const attempt = { account: name, address };
  await countAttempt(attempt);
  const row = isStorable(name) ? await userByName(name) : undefined;
  if (!(await isPassword(row?.passwordHash, given.password)) || row === undefined)
    throw new WrongCredentials();
  await forgiveAttempts(attempt);
  return row;
}

async function userByName(name: string) {
  const [row] = await db
    .select({ ...COLUMNS, passwordHash: users.passwordHash })
    .from(users)
    .where(sql`lower(${users.name}) = lower(${name})`);
  return row;
}

const PasswordChange = z.object({ newPassword: Password });

/** Ends all other sessions of the user, and links to a new password: whoever knew the old one is out. API keys stay, as they have no password in them. */
export async function changePassword(
  { user, sessionId }: { user: User; sessionId: string },
  given: { currentPassword: string; newPassword: string },
  address: string,
): Promise<void> {
  const { newPassword } = parseInput(PasswordChange, given);
  const proof = { name: user.name, password: given.currentPassword };
  await authenticate(proof, address).catch((error: unknown) => {
    throw error instanceof WrongCredentials
      ? new WrongCredentials('This is not your current password.')
      : error;
  });
  const passwordHash = await hashPassword(newPassword);
  await db.transaction(async (tx) => {
    await tx.update(users).set({ passwordHash }).where(eq(users.id, user.id));
    await tx.delete(sessions).where(and(eq(sessions.userId, user.id), ne(sessions.id, sessionId)));
    await tx.delete(invitations).where(eq(invitations.userId, user.id));
    await ring(tx, ACCESS_TOPIC);
  });
}

/** Of an account that is given a new password by a link: whoever was in it is out, programs too. */
export async function replacePassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.update(users).set({ passwordHash }).where(eq(users.id, userId));
  await tx.delete(sessions).where(eq(sessions.userId, userId));
  await tx.delete(apiKeys).where(eq(apiKeys.userId, userId));
  await tx.delete(invitations).where(eq(invitations.userId, userId));
  await ring(tx, ACCESS_TOPIC);
}

export async function changeRole(userId: string, role: Role): Promise<UserRow> {
  return withOneOwner(userId, async (tx) => {
    const [row] = await tx.update(users).set({ role }).where(eq(users.id, userId)).returning(COLUMNS);
    return row;
  });
}

export async function removeUser(userId: string): Promise<void> {
  await withOneOwner(userId, async (tx) => {
    const [row] = await tx.delete(users).where(eq(users.id, userId)).returning(COLUMNS);
    return row;
  });
}

/** Two owners who remove each other at once must not both succeed: the rows of all owners are one lock. */
async function withOneOwner(userId: string, change: (tx: Tx) => Promise<UserRow | undefined>) {
  if (!isId(userId)) throw new NotFound('user', userId);
  return db.transaction(async (tx) => {
    await tx
      .select({ id: users.id })
      .from(users)
      .where(eq(users.role, 'owner'))
      .orderBy(users.id)
      .for('update');
    const row = await change(tx);
    if (row === undefined) throw new NotFound('user', userId);
    if (!(await hasOwner(tx))) throw new LastOwner();
    await ring(tx, ACCESS_TOPIC);
    return row;
  });
}
