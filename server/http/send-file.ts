import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { log } from '../log.ts';
import { isMissing } from '../storage/missing.ts';
import type { Range } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { rangeOf } from './range.ts';
import { type Refusal, refuse } from './refuse.ts';

/** What goes out. Without `etag` it may change at any time and is never kept. */
export type Served = { key: string; type: string; name: string; etag: string | null };

/** What a browser may show by itself. It decodes these all the time, and nothing in them runs. */
const SHOWN = ['image/jpeg', 'image/png', 'image/webp', 'image/avif'];
/** What keeps its type and is saved. A GIF is seen where a page has it in it. Anything else is bytes, whatever it was said to be. */
const SAVED = ['image/gif', 'application/json', 'application/zip'];

export const NO_SUCH_FILE: Refusal = { status: 404, code: 'NOT_FOUND', message: 'There is no such file.' };

/** Sends it, or the part of it that is asked for, or that it is known already. */
export async function sendFile(
  req: IncomingMessage,
  res: ServerResponse,
  file: Served & { bytes: number; isDownload: boolean },
) {
  const { key, type, name, etag, bytes, isDownload } = file;
  const isShown = SHOWN.includes(type) && !isDownload;
  if (etag === null) res.setHeader('Cache-Control', 'no-store');
  else {
    res.setHeader('ETag', etag);
    // Private: who may see it is a matter of who asks. Immutable: another content has another id.
    res.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    if (matches(req.headers['if-none-match'], etag)) return void res.writeHead(304).end();
  }

  // With `If-Range`, a part is wanted only of the same content that the other parts are from (RFC 9110 §13.1.5).
  const ifRange = req.headers['if-range'];
  const isRanged = req.method === 'GET' && (ifRange === undefined || ifRange === etag);
  const range = isRanged ? rangeOf(req.headers.range, bytes) : undefined;
  if (range === 'unsatisfiable') return refuseFile(req, res, beyond(bytes));
  const hasBody = req.method !== 'HEAD' && bytes > 0;
  const content = hasBody ? await open(key, range) : undefined;
  if (content === null) return refuseFile(req, res, NO_SUCH_FILE);
  // To who went away meanwhile, `pipeline` sends nothing and leaves the file open.
  if (res.destroyed && content instanceof Readable) return void content.destroy();
  if (range) res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${bytes}`);
  res.writeHead(range ? 206 : 200, {
    'Accept-Ranges': 'bytes',
    'Content-Disposition': disposition(isShown ? 'inline' : 'attachment', name),
    'Content-Length': range ? range.end - range.start + 1 : bytes,
    'Content-Type': [...SHOWN, ...SAVED].includes(type) ? type : 'application/octet-stream',
  });
  if (content === undefined) return void res.end();
  await pipeline(content, res).catch((error: unknown) => {
    if (!res.writableFinished && !isGone(error))
      log.warn({ error, key }, 'A file could not be sent to its end');
  });
}

/** Null when the file was removed since it was looked up, which is known only now. */
async function open(key: string, range: Range | undefined) {
  const content = storage.stream(key, range);
  try {
    await once(content, 'readable');
    return content;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The client went away, which is its right. */
export const isGone = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

/** What was said of the file is not so of its absence, nor to be kept as long. */
function refuseFile(req: IncomingMessage, res: ServerResponse, refusal: Refusal) {
  res.removeHeader('ETag');
  refuse(req, res, refusal);
}

const beyond = (bytes: number): Refusal => ({
  status: 416,
  code: 'RANGE_NOT_SATISFIABLE',
  message: 'The file is shorter than this range.',
  headers: { 'Content-Range': `bytes */${bytes}` },
});

const matches = (header: string | undefined, etag: string) =>
  header?.split(',').some((candidate) => ['*', etag, `W/${etag}`].includes(candidate.trim()));

/** RFC 6266: a name in ASCII for all, and the real one in UTF-8 (RFC 8187) for those that read it. */
function disposition(kind: 'inline' | 'attachment', name: string) {
  const safe = name.replace(/[\p{Cc}\p{Cs}\\/:*?"<>|]/gu, '_');
  const ascii = safe.replace(/[^\x20-\x7e]|%/g, '_');
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
