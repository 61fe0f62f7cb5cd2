import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;
const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Any web site may point a name of its own at 127.0.0.1 and then read what we answer (DNS rebinding). So who listens only to
 * the own machine answers only to that machine's names. On a network the names are the network's to give.
 */
export function answersTo(boundHost: string): (req: IncomingMessage) => boolean {
  if (!LOOPBACK.test(boundHost)) return () => true;
  const names = new Set([...LOCAL_NAMES, boundHost]);
  return ({ headers: { host = '' } }) => names.has(host.replace(/:\d+$/, '').toLowerCase());
}

/**
 * Browsers let every page open a socket to anywhere, and only say whose page it is. Programs say nothing. A proxy that
 * gives us another Host passes on the first one in a header that no page can set on a socket.
 */
export function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host, 'x-forwarded-host': forwardedHost } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host: own, protocol } = new URL(origin);
  // Through the same parser, so that a default port is left out of both.
  return [host, forwardedHost].some((candidate) => URL.parse(`${protocol}//${candidate}`)?.host === own);
}
