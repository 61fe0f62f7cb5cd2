import type { IncomingMessage } from 'node:http';

/**
 * The path that a request is for, without its query. Null when the target is not one: the absolute form is for proxies
 * (RFC 9112 §3.2.2) and the asterisk for no file, and neither keeps `..` inside of a root.
 */
export function pathOf(req: IncomingMessage): string | null {
  const [path = ''] = (req.url ?? '').split('?', 1);
  return path.startsWith('/') ? path : null;
}
