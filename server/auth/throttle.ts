import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible';
import { attempts } from '#schema/access.ts';
import { db } from '../db.ts';
import { UserError } from '../errors.ts';
import { networkOf } from '../network.ts';
import { hashOf } from './secrets.ts';

const MINUTE = 60;

/** Counted in the database, so for all processes together, and before the password is looked at: guesses sent at once count too. */
const limiter = (keyPrefix: string, points: number, duration: number) =>
  new RateLimiterDrizzle({
    storeClient: db,
    schema: attempts,
    keyPrefix,
    points,
    duration,
    // A task of the maintenance does it (forget.ts).
    clearExpiredByTimeout: false,
  });

/** One address guesses at one account; at many accounts; and many addresses at one, where a low limit would lock its owner out. */
const PAIR = limiter('sign-in-pair', 10, 15 * MINUTE);
const ADDRESS = limiter('sign-in-address', 50, 15 * MINUTE);
const ACCOUNT = limiter('sign-in-account', 200, 60 * MINUTE);
/** Where an account was signed in from is not kept out by what others try elsewhere. */
const KNOWN = limiter('sign-in-known', 1, 30 * 24 * 60 * MINUTE);

export class TooManyAttempts extends UserError {
  readonly code = 'TOO_MANY_ATTEMPTS';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`Too many attempts. Try again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

type Attempt = { account: string; address: string };

/** The same for a name that nobody has, so that it does not tell who exists. */
const keysOf = ({ account, address }: Attempt) => {
  // Somebody with IPv6 has as many addresses as they like.
  const network = networkOf(address);
  // What somebody types there need not be a name: it may be a password, or nothing that Postgres can store.
  const name = hashOf(account.toLowerCase());
  return [
    [ADDRESS, network],
    [PAIR, `${network} ${name}`],
    [ACCOUNT, name],
  ] as const;
};

/** Counts an attempt to prove who one is. Throws TooManyAttempts when there were too many; then this one is not looked at. */
export async function countAttempt(attempt: Attempt): Promise<void> {
  const isKnown = (await KNOWN.get(knownKeyOf(attempt))) !== null;
  for (const [limit, key] of keysOf(attempt)) {
    if (limit === ACCOUNT && isKnown) continue;
    try {
      await limit.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new TooManyAttempts(Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
    }
  }
}

const knownKeyOf = (attempt: Attempt) => keysOf(attempt)[1][1];

/** It was the right password: what came before were mistakes of its owner. */
export async function forgiveAttempts(attempt: Attempt): Promise<void> {
  // Whoever owns one account must not get more guesses at others for it.
  for (const [limit, key] of keysOf(attempt))
    if (limit === ADDRESS) await limit.reward(key, 1);
    else await limit.delete(key);
  await KNOWN.set(knownKeyOf(attempt), 1, 30 * 24 * 60 * MINUTE);
}
