import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentCorrelationId } from '../correlation.ts';
import { pathOf } from './path.ts';
import type { TooManyRequests } from './rate-limits.ts';

export const GRAPHQL_PATH = '/graphql';

export type Refusal = {
  status: number;
  /** Stable and upper case, for programs. */
  code: string;
  /** In words of ours: nothing of the request is repeated. */
  message: string;
  headers?: Record<string, string>;
  /** What else a program needs to know, such as the limit. */
  extensions?: Record<string, string | number>;
};

/** What a program reads of it. */
export const bodyOf = ({ code, message, extensions }: Refusal) => ({ code, message, ...extensions });

/** For answers that are data and never a page: whoever opens one, nothing in it runs, loads, or is seen by another site. */
export const INERT = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Answers a request that is not looked into any further, in the form that its path has for errors. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal) {
  const { status, code, message, headers, extensions } = refusal;
  const correlationId = currentCorrelationId();
  const body =
    pathOf(req) === GRAPHQL_PATH
      ? { errors: [{ message, extensions: { code, ...extensions, correlationId } }] }
      : { error: { code, message, ...extensions, correlationId } };
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...INERT,
    ...headers,
  });
  res.end(req.method === 'HEAD' ? undefined : JSON.stringify(body));
}

export const MISDIRECTED: Refusal = {
  status: 421,
  code: 'MISDIRECTED_REQUEST',
  message:
    'This server does not answer to this name. It has those of its own machine and the one in PUBLIC_URL.',
  headers: { Connection: 'close' },
};

export const FOREIGN_ORIGIN: Refusal = {
  status: 403,
  code: 'FOREIGN_ORIGIN',
  message: 'Pages of other sites may not use this server, unless CORS_ORIGINS lists them.',
};

export const UNAUTHENTICATED: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'Sign in, or send an API key: `Authorization: Bearer isengard_…`.',
  headers: { 'WWW-Authenticate': 'Bearer' },
};

export const BAD_KEY: Refusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  message: 'This API key does not exist, was revoked or has expired.',
  headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
};

export const BAD_LINK: Refusal = {
  status: 403,
  code: 'BAD_FILE_LINK',
  message: 'This link has expired, or is for something else. `createFileLink` makes another one.',
};

export const FORBIDDEN: Refusal = {
  status: 403,
  code: 'FORBIDDEN',
  message: 'This is not allowed: the scope `read` is missing.',
};

export const rateLimited = ({ message, limit, retryAfterSeconds }: TooManyRequests): Refusal => ({
  status: 429,
  code: 'RATE_LIMITED',
  message,
  headers: { 'Retry-After': String(retryAfterSeconds) },
  extensions: { limit, retryAfterSeconds },
});

export const BUG: Refusal = {
  status: 500,
  code: 'INTERNAL',
  message: 'Something went wrong. The server log says what.',
};
