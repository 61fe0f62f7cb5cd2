import { createHash, randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { secrets } from '#schema/access.ts';
import { db, one } from '../db.ts';

/** 256 bits, base64url: 43 characters. */
export const newSecret = () => randomBytes(32).toString('base64url');

/**
 * What is kept of a secret of ours. It has 256 random bits, so nothing slower than SHA-256 makes it harder to guess, and looking
 * for the hash tells nobody how much of a guess was right.
 */
export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

const found = new Map<string, Promise<Uint8Array>>();

/** What all processes of this installation sign with, made by the first that needs it. */
export function signingKey(name: string): Promise<Uint8Array> {
  const known = found.get(name) ?? findOrMake(name);
  found.set(name, known);
  known.catch(() => found.delete(name));
  return known;
}

async function findOrMake(name: string): Promise<Uint8Array> {
  await db.insert(secrets).values({ name, value: newSecret() }).onConflictDoNothing();
  const { value } = one(await db.select().from(secrets).where(eq(secrets.name, name)));
  return Buffer.from(value, 'base64url');
}
