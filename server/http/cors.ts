import type { IncomingMessage, ServerResponse } from 'node:http';
import { env } from '../env.ts';
import { isListed } from './hosts.ts';

const METHODS = 'GET, HEAD, POST';
const HEADERS =
  'Authorization, Content-Type, X-Correlation-ID, X-Isengard-Upload, GraphQL-Preflight, Range, If-None-Match';
const READABLE = 'X-Correlation-ID, Retry-After, Content-Disposition, Content-Range, Accept-Ranges, ETag';
/** Two hours: Chromium keeps the answer to a preflight no longer. */
const MAX_AGE_SECONDS = 7200;

/**
 * Lets the pages that CORS_ORIGINS lists read what they are answered, https://fetch.spec.whatwg.org/#http-cors-protocol. They are named
 * exactly, never `*`, and never with credentials: they use an API key, and no cookie of ours.
 */
export function allowListedOrigin(req: IncomingMessage, res: ServerResponse) {
  if (env.CORS_ORIGINS.length === 0) return;
  // Also where there is none: what one is answered must not be kept for another.
  res.setHeader('Vary', 'Origin');
  const { origin } = req.headers;
  if (!isListed(origin)) return;
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Expose-Headers', READABLE);
}

/** A browser asks whether a page of another site may send what it is about to. */
export const isPreflight = ({ method, headers }: IncomingMessage) =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

/** To one of a listed origin; the others are refused as all that comes from them. */
export function answerPreflight(res: ServerResponse) {
  res.writeHead(204, {
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': HEADERS,
    'Access-Control-Max-Age': MAX_AGE_SECONDS,
  });
  res.end();
}
