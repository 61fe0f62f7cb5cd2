import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLIENT_POLICY, pageHeaders } from './page-headers.ts';
import { pathOf } from './path.ts';

const ROOT = fileURLToPath(new URL('../../client/dist/', import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

const HEADERS = pageHeaders(CLIENT_POLICY);

/** Built files never change under their name (it has their hash), so they may be kept for ever; the page may not. */
const HASHED = '/assets/';

async function find(path: string): Promise<{ body: Buffer; type: string } | null> {
  const type = TYPES[extname(path)];
  if (type === undefined) return null;
  // Of an absolute path, `normalize` lets nothing climb out; the second look is for the day that this is not so.
  const file = join(ROOT, normalize(`/${path}`));
  if (!file.startsWith(ROOT)) return null;
  return readFile(file).then(
    (body) => ({ body, type }),
    () => null,
  );
}

/** The built client. Any other path is one of its pages, and gets the document that finds out which. */
export async function serveClient(req: IncomingMessage, res: ServerResponse) {
  for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value);
  if (req.method !== 'GET' && req.method !== 'HEAD')
    return void res.writeHead(405, { Allow: 'GET, HEAD' }).end();
  const path = decode(pathOf(req) ?? '/');
  const isAsset = path.startsWith(HASHED);
  const file = (await find(path)) ?? (isAsset ? null : await find('/index.html'));
  if (file === null) {
    const message = isAsset ? 'Not found.' : 'The client is not built: run `npm run build`.';
    return void res.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end(message);
  }
  res.writeHead(200, {
    'Content-Type': file.type,
    'Content-Length': file.body.length,
    'Cache-Control': isAsset ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  res.end(req.method === 'HEAD' ? undefined : file.body);
}

function decode(path: string) {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/';
  }
}
