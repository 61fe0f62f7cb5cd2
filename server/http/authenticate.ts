import type { IncomingMessage, ServerResponse } from 'node:http';
import { apiKeyOf } from '../auth/api-keys.ts';
import { ANONYMOUS, EVERYBODY, type Principal } from '../auth/principal.ts';
import { LONGEST_DAYS, sessionOf } from '../auth/sessions.ts';
import { env } from '../env.ts';
import { addressOf, clientOf } from './client-address.ts';
import { isListed } from './hosts.ts';
import { checkBadKeys, countBadKey } from './rate-limits.ts';

const isHttps = env.PUBLIC_URL?.startsWith('https:') ?? false;

/** `__Host-`: browsers take it only by https, from this host, for all of it (RFC 6265bis §4.1.3.2). */
const COOKIE = isHttps ? '__Host-isengard' : 'isengard';
const ATTRIBUTES = `Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`;
const DAY_SECONDS = 86_400;

/** What was sent as proof is none: an API key that does not exist or has expired. A cookie that is too old is only old. */
export class BadKey extends Error {}

/** Who sends a request. */
export async function authenticate(req: IncomingMessage): Promise<Principal> {
  if (env.ISENGARD_AUTH === 'off') return EVERYBODY;
  const { authorization } = req.headers;
  if (authorization !== undefined) return ofKey(authorization, addressOf(req));
  // Browsers may send the cookie with what a listed page of the same site asks for; that page has an API key, or is nobody.
  const secret = isListed(req.headers.origin) ? undefined : sessionSecretOf(req);
  const session = secret === undefined ? undefined : await sessionOf(secret, clientOf(req));
  return session ?? ANONYMOUS;
}

/** Of an `Authorization` header (RFC 6750 §2.1). Keys are not tried without end. */
export async function ofKey(authorization: string, address: string): Promise<Principal> {
  await checkBadKeys(address);
  const [, key] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  const principal = key === undefined ? undefined : await apiKeyOf(key);
  if (principal !== undefined) return principal;
  await countBadKey(address);
  throw new BadKey();
}

export function sessionSecretOf({ headers: { cookie } }: IncomingMessage): string | undefined {
  for (const pair of cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === COOKIE && value) return value;
  }
}

/** Gives the browser the secret of its session, or takes it away. */
export function keepSession(res: ServerResponse, secret: string | null) {
  const seconds = secret === null ? 0 : LONGEST_DAYS * DAY_SECONDS;
  res.setHeader('Set-Cookie', `${COOKIE}=${secret ?? ''}; Max-Age=${seconds}; ${ATTRIBUTES}`);
}
