import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';
import { isStorable, UNSTORABLE } from '../errors.ts';
import { GateFull, gate } from '../gate.ts';
import { TooManyAttempts } from './throttle.ts';

/** The library's enum has no values at run time that TypeScript lets us name. */
const ARGON2ID = 2;

/** Argon2id with the parameters that RFC 9106 §4 recommends where memory is limited: 64 MiB, 3 passes, 4 lanes. */
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 65_536, timeCost: 3, parallelism: 4 };

/** Each costs 64 MiB and a tenth of a second while it runs; how many may be tried at all is for throttle.ts. */
const enter = gate(2, 50);
const BUSY_SECONDS = 5;

async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await enter(run);
  } catch (error) {
    throw error instanceof GateFull ? new TooManyAttempts(BUSY_SECONDS) : error;
  }
}

/** NIST SP 800-63B §3.1.1: length and nothing else. The upper bound keeps a hash from being fed megabytes. */
export const Password = z
  .string()
  .min(10, 'Must have at least 10 characters.')
  .max(200, 'May have at most 200 characters.')
  .refine(isStorable, UNSTORABLE);

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, OPTIONS));

/** Of 256 random bits that were thrown away, with the parameters of all others, so that it takes as long. */
const NOBODYS =
  '$argon2id$v=19$m=65536,t=3,p=4$ZgpJPhbN2THs1t0d1EJNUg$PaI7s91UbJX3I4QP/yYSkEhgEFI7Kza+yBUfDUTm78Q';

/** Whether it is the password. Without a hash, because there is no such user, it takes as long and says no. */
export async function isPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await inTurn(() => verify(passwordHash ?? NOBODYS, password));
  return matches && passwordHash !== undefined;
}
