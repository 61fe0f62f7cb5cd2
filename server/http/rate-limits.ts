import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../auth/principal.ts';
import { env } from '../env.ts';
import { networkOf } from '../network.ts';

const MINUTE = 60;
/** Several people behind one address, before it is known which of them asks. */
const PEOPLE_PER_ADDRESS = 4;
/** Keys that are none, tried from one address in a minute. A program with an old key tries one, again and again. */
const MAX_BAD_KEYS = 60;

/** What is counted by itself: a page full of thumbnails must not keep anybody from the API. */
export type Budget = 'api' | 'files';

export class TooManyRequests extends Error {
  readonly limit: number;
  readonly retryAfterSeconds: number;

  constructor(limit: number, retryAfterSeconds: number) {
    super(`More than ${limit} requests came within a minute. Try again in ${retryAfterSeconds} s.`);
    this.limit = limit;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** In memory, for this process: a limit of work, where that of guesses at passwords is one for all processes (auth/throttle.ts). */
const limiter = (points: number) =>
  points === 0 ? undefined : new RateLimiterMemory({ points, duration: MINUTE });

const BUDGETS = {
  api: { ofAddress: limiter(env.RATE_LIMIT * PEOPLE_PER_ADDRESS), ofPrincipal: limiter(env.RATE_LIMIT) },
  files: {
    ofAddress: limiter(env.FILE_RATE_LIMIT * PEOPLE_PER_ADDRESS),
    ofPrincipal: limiter(env.FILE_RATE_LIMIT),
  },
} satisfies Record<Budget, object>;
const badKeys = new RateLimiterMemory({ points: MAX_BAD_KEYS, duration: MINUTE });

const secondsOf = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1000));

async function consume(limit: RateLimiterMemory | undefined, key: string) {
  try {
    await limit?.consume(key);
  } catch (refusal) {
    if (!(limit && refusal instanceof RateLimiterRes)) throw refusal;
    throw new TooManyRequests(limit.points, secondsOf(refusal));
  }
}

/** Counts a request before anything is done for it. Throws TooManyRequests. */
export const countAddress = (budget: Budget, address: string) =>
  consume(BUDGETS[budget].ofAddress, networkOf(address));

/** Counts what somebody asks for, once it is known who it is. Throws TooManyRequests. */
export const countPrincipal = (budget: Budget, principal: Principal, address: string) =>
  consume(BUDGETS[budget].ofPrincipal, keyOf(principal, address));

function keyOf(principal: Principal, address: string) {
  switch (principal.kind) {
    case 'session':
      return `user ${principal.user.id}`;
    case 'key':
      return `key ${principal.keyId}`;
    default:
      return networkOf(address);
  }
}

/** Throws TooManyRequests when an address has tried too many keys that are none; then the next is not looked at. */
export async function checkBadKeys(address: string): Promise<void> {
  const tried = await badKeys.get(networkOf(address));
  if (tried !== null && tried.consumedPoints >= MAX_BAD_KEYS)
    throw new TooManyRequests(MAX_BAD_KEYS, secondsOf(tried));
}

export const countBadKey = (address: string) => badKeys.penalty(networkOf(address));
