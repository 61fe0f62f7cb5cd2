import type { IncomingMessage } from 'node:http';
import { env } from '../env.ts';

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** A name or an address, and a port. Anything else parses as a URL too, into another host than it seems to say. */
const HOST_FORM = /^[a-z0-9.:[\]_-]+$/i;

/** The host as browsers write it, with its port unless that is the usual one of the scheme. */
function hostOf(host: string | undefined, scheme = 'http:'): URL | null {
  return host !== undefined && HOST_FORM.test(host) ? URL.parse(`${scheme}//${host}`) : null;
}

export type Addresses = {
  /** Whether a request is for a name that this server has. */
  isForUs(req: IncomingMessage): boolean;
  /** Whether a request comes from a program, from our own pages, or from pages that CORS_ORIGINS lists. */
  isFromFriends(req: IncomingMessage): boolean;
};

/**
 * The names that a server has: those of its own machine, the address that it is bound to, and the one of PUBLIC_URL. Any web site
 * may point a name of its own at us and then read what we answer (DNS rebinding), so there are no others.
 */
export function addressesOf(boundHost: string, publicUrl = env.PUBLIC_URL): Addresses {
  const own = publicUrl === undefined ? null : new URL(publicUrl);
  const bound = boundHost.includes(':') ? `[${boundHost}]` : boundHost;
  const names = new Set([...LOCAL_NAMES, bound.toLowerCase(), ...(own ? [own.hostname] : [])]);

  const isOwnOrigin = (origin: string, { host }: IncomingMessage['headers']) => {
    // `null`, the origin of sandboxed pages and local files, is no URL.
    const from = URL.parse(origin);
    if (from === null || !/^https?:$/.test(from.protocol)) return false;
    return from.origin === own?.origin || hostOf(host, from.protocol)?.host === from.host;
  };

  return {
    isForUs: ({ headers: { host } }) => names.has(hostOf(host)?.hostname ?? ''),
    isFromFriends({ headers }) {
      const { origin, 'sec-fetch-site': site } = headers;
      if (isListed(origin)) return true;
      if (origin !== undefined && !isOwnOrigin(origin, headers)) return false;
      // Browsers say so also where they send no Origin, such as with a picture that a page of another site shows.
      return site === undefined || site === 'same-origin' || site === 'none';
    },
  };
}

/** Pages of other sites that may use the API, with an API key: they are sent no cookie of ours. */
export const isListed = (origin: string | undefined): origin is string =>
  origin !== undefined && env.CORS_ORIGINS.includes(origin);
