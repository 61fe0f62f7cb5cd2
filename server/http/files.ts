import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isId } from '../errors.ts';
import { outputFile } from '../generation/outputs.ts';
import { imageFile } from '../images/images.ts';
import { referenceFile } from '../images/references.ts';
import { log } from '../log.ts';
import { loraFile } from '../loras/loras.ts';
import { previewKey } from '../storage/keys.ts';
import { isMissing } from '../storage/missing.ts';
import { mediaTypeOf } from '../storage/picture-kinds.ts';
import { thumbnail } from '../storage/pictures.ts';
import type { Range, StoredFile } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { checkpointFile, sampleFile } from '../training/training-files.ts';
import { rangeOf } from './range.ts';

type LookUp = (id: string) => Promise<StoredFile | null>;

const PICTURES: Record<string, LookUp> = {
  images: imageFile,
  references: referenceFile,
  samples: sampleFile,
  outputs: outputFile,
};
const WEIGHTS: Record<string, LookUp> = { checkpoints: checkpointFile, loras: loraFile };

/** What goes out. Without `etag` it may change at any time and is never kept. */
type Served = { key: string; type: string; name: string; etag: string | null };

const NO_SUCH_FILE = 'There is no such file.';

const PATH = /^\/files\/(?<kind>[a-z]+)\/(?<id>[0-9a-f-]+)(?:\/(?<variant>[a-z0-9]+))?$/;

/** Answers `/files/{kind}/{id}[/{variant}]`; resolves to whether the request was one for a file. */
export async function serveFile(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  if (!req.url?.startsWith('/files/')) return false;
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    refuse(res, 405, 'Files can only be read.');
    return true;
  }
  const [path = '', query] = req.url.split('?', 2);
  const served = await lookUp(path);
  const size = served && (await storage.stat(served.key));
  if (!served || !size) refuse(res, 404, NO_SUCH_FILE);
  else
    await send(req, res, {
      ...served,
      bytes: size.bytes,
      isDownload: new URLSearchParams(query).has('download'),
    });
  return true;
}

async function lookUp(path: string): Promise<Served | null> {
  const { kind = '', id = '', variant = 'original' } = PATH.exec(path)?.groups ?? {};
  if (!isId(id)) return null;
  if (kind === 'previews') return preview(id, variant);
  const find = Object.hasOwn(PICTURES, kind)
    ? PICTURES[kind]
    : Object.hasOwn(WEIGHTS, kind)
      ? WEIGHTS[kind]
      : null;
  const isThumbnail = variant === '256' || variant === '1024';
  if (!find || !(variant === 'original' || (isThumbnail && Object.hasOwn(PICTURES, kind)))) return null;
  const file = await find(id);
  if (file === null) return null;
  if (!isThumbnail) return { ...file, etag: `"${file.sha256}"` };
  return thumbnailOf(file, variant === '256' ? 256 : 1024);
}

async function thumbnailOf({ key, sha256, name }: StoredFile, size: 256 | 1024): Promise<Served | null> {
  try {
    const thumbnailKey = await thumbnail(key, sha256, size);
    const etag = `"${sha256}-${size}"`;
    return {
      key: thumbnailKey,
      type: 'image/webp',
      name: `${name.replace(/\.\w+$/, '')}-${size}.webp`,
      etag,
    };
  } catch (error) {
    log.warn({ error, key }, 'Cannot make a thumbnail');
    return null;
  }
}

/** What an engine showed last of an image that it is sampling. */
async function preview(jobId: string, index: string): Promise<Served | null> {
  if (!/^\d{1,3}$/.test(index)) return null;
  const key = previewKey({ jobId, index: Number(index) });
  if ((await storage.stat(key)) === null) return null;
  const type = await mediaTypeOf(await storage.localPath(key)).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  return type ? { key, type, name: `preview-${index}`, etag: null } : null;
}

async function send(
  req: IncomingMessage,
  res: ServerResponse,
  file: Served & { bytes: number; isDownload: boolean },
) {
  const { key, type, name, etag, bytes, isDownload } = file;
  res.setHeader('Content-Disposition', disposition(isDownload ? 'attachment' : 'inline', name));
  if (etag === null) res.setHeader('Cache-Control', 'no-store');
  else {
    res.setHeader('ETag', etag);
    // Private: who may see it is a matter of who asks. Immutable: another content has another id.
    res.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
    if (matches(req.headers['if-none-match'], etag)) return void res.writeHead(304).end();
  }
  res.setHeader('Accept-Ranges', 'bytes');
  res.setHeader('Content-Type', type);

  // With `If-Range`, a part is wanted only of the same content that the other parts are from (RFC 9110 §13.1.5).
  const ifRange = req.headers['if-range'];
  const isRanged = req.method === 'GET' && (ifRange === undefined || ifRange === etag);
  const range = isRanged ? rangeOf(req.headers.range, bytes) : undefined;
  if (range === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${bytes}`);
    return refuse(res, 416, 'The file is shorter than this range.');
  }
  const hasBody = req.method !== 'HEAD' && bytes > 0;
  const content = hasBody ? await open(key, range) : undefined;
  if (content === null) return refuse(res, 404, NO_SUCH_FILE);
  // To who went away meanwhile, `pipeline` sends nothing and leaves the file open.
  if (res.destroyed && content instanceof Readable) return void content.destroy();
  if (range) res.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${bytes}`);
  res.writeHead(range ? 206 : 200, { 'Content-Length': range ? range.end - range.start + 1 : bytes });
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
const isGone = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

function refuse(res: ServerResponse, status: 404 | 405 | 416, message: string) {
  const code = { 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED', 416: 'RANGE_NOT_SATISFIABLE' }[status];
  for (const name of ['Content-Disposition', 'ETag', 'Accept-Ranges']) res.removeHeader(name);
  res.setHeader('Cache-Control', 'no-store');
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify({ error: { code, message } }));
}

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
