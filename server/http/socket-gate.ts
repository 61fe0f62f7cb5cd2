import type { IncomingMessage } from 'node:http';
import { ANONYMOUS, type Principal } from '../auth/principal.ts';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { networkOf } from '../network.ts';
import { authenticate, BadKey } from './authenticate.ts';
import { addressOf } from './client-address.ts';
import type { Addresses } from './hosts.ts';
import { outageOf } from './outage.ts';
import { countAddress, TooManyRequests } from './rate-limits.ts';
import { BAD_KEY, BUG, bodyOf, FOREIGN_ORIGIN, MISDIRECTED, type Refusal, rateLimited } from './refuse.ts';
import { sharesOf } from './shares.ts';

/** Of this process. A client that is slow to read makes each cost memory (connection.ts). */
const MAX_OF_ALL = 5000;

const RETRY_LATER = { 'Retry-After': '10' };
const FULL: Refusal = {
  status: 503,
  code: 'OVERLOADED',
  message: `This server has its ${MAX_OF_ALL} sockets; try again.`,
  headers: RETRY_LATER,
  extensions: { limit: MAX_OF_ALL },
};
const TOO_MANY_SOCKETS: Refusal = {
  status: 429,
  code: 'TOO_MANY_SOCKETS',
  message: `One address may have ${env.MAX_SOCKETS} sockets.`,
  headers: RETRY_LATER,
  extensions: { limit: env.MAX_SOCKETS },
};

type Answer = (isWelcome: boolean, status?: number, body?: string, headers?: Record<string, string>) => void;

/** Decides who may open a socket, and knows who opened it. */
export function socketGate(addresses: Addresses, countOpen: () => number) {
  const principals = new WeakMap<IncomingMessage, Principal>();
  const shares = sharesOf(env.MAX_SOCKETS);

  /** In the order of what it costs to know. */
  async function refusalOf(req: IncomingMessage): Promise<Refusal | undefined> {
    if (!addresses.isForUs(req)) return MISDIRECTED;
    if (!addresses.isFromFriends(req)) return FOREIGN_ORIGIN;
    if (countOpen() >= MAX_OF_ALL) return FULL;
    const address = addressOf(req);
    if (shares.isExceededBy(req.socket, networkOf(address))) return TOO_MANY_SOCKETS;
    try {
      await countAddress('api', address);
      principals.set(req, await authenticate(req));
    } catch (error) {
      if (error instanceof BadKey) return BAD_KEY;
      if (error instanceof TooManyRequests) return rateLimited(error);
      log.warn({ error }, 'A socket was refused');
      const outage = outageOf(error);
      return outage ? { ...outage, status: 503, headers: RETRY_LATER } : BUG;
    }
  }

  return {
    async verifyClient({ req }: { req: IncomingMessage }, answer: Answer) {
      const refusal = await refusalOf(req);
      if (refusal === undefined) return answer(true);
      const headers = { ...refusal.headers, 'Content-Type': 'application/json; charset=utf-8' };
      answer(false, refusal.status, JSON.stringify({ error: bodyOf(refusal) }), headers);
    },
    principalOf: (req: IncomingMessage): Principal => principals.get(req) ?? ANONYMOUS,
  };
}
