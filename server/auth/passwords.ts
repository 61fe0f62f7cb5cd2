import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { isStorable, UNSTORABLE } from '../errors.ts';
import { gate } from '../gate.ts';

/** The library's enum has no values at run time that TypeScript lets us name. */
const ARGON2ID = 2;

/** Argon2id with the parameters that RFC 9106 §4 recommends where memory is limited: 64 MiB, 3 passes, 4 lanes. */
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 65_536, timeCost: 3, parallelism: 4 };

/** Each costs 64 MiB while it runs; how many may be tried at all is for throttle.ts. */
const atATime = gate(2);

/** NIST SP 800-63B §3.1.1: length and nothing else. The upper bound keeps a hash from being fed megabytes. */
export const Password = z
  .string()
  .min(10, 'Must have at least 10 characters.')
  .max(200, 'May have at most 200 characters.')
  .refine(isStorable, UNSTORABLE);

export const hashPassword = (password: string): Promise<string> => atATime(() => hash(password, OPTIONS));

let nobodys: Promise<string> | undefined;

/** Whether it is the password. Without a hash, because there is no such user, it takes as long and says no. */
export async function isPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this password');
  const against = passwordHash ?? (await nobodys);
  const matches = await atATime(() => verify(against, password));
  return matches && passwordHash !== undefined;
}
