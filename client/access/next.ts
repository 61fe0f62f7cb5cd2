const DOORS = ['/sign-in', '/set-up', '/join'];

/** Pages for whoever is not in. */
export const isDoor = (path: string) => DOORS.includes(path.replace(/\/+$/, ''));

/** The sign-in page, which comes back to here. */
export function signInHref(here: string): string {
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`;
}

/**
 * Where to go after signing in. `next` comes from the address, which anybody may have written: only a page of ours will do.
 * It is taken apart by the browser's own rules, as it would be when it is gone to.
 */
export function safeNext(next: string | null | undefined, origin: string): string {
  if (next == null || !next.startsWith('/')) return '/';
  const url = URL.parse(next, origin);
  if (url === null || url.origin !== origin || isDoor(url.pathname)) return '/';
  // `/.//elsewhere` has our origin and a path that would be another's address.
  return url.pathname.startsWith('//') ? '/' : `${url.pathname}${url.search}${url.hash}`;
}
