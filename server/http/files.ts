import type { IncomingMessage, ServerResponse } from 'node:http';
import { isId } from '../errors.ts';
import { admitsTo } from '../file-links.ts';
import { outputFile } from '../generation/outputs.ts';
import { imageFile } from '../images/images.ts';
import { referenceFile } from '../images/references.ts';
import { log } from '../log.ts';
import { loraFile } from '../loras/loras.ts';
import { previewKey } from '../storage/keys.ts';
import { isMissing } from '../storage/missing.ts';
import { mediaTypeOf } from '../storage/picture-kinds.ts';
import { thumbnail } from '../storage/pictures.ts';
import type { StoredFile } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { checkpointFile, sampleFile } from '../training/training-files.ts';
import { INERT, type Refusal, refuse } from './refuse.ts';
import { sendArchive } from './send-archive.ts';
import { NO_SUCH_FILE, type Served, sendFile } from './send-file.ts';

type LookUp = (id: string) => Promise<StoredFile | null>;

const PICTURES: Record<string, LookUp> = {
  images: imageFile,
  references: referenceFile,
  samples: sampleFile,
  outputs: outputFile,
};
const WEIGHTS: Record<string, LookUp> = { checkpoints: checkpointFile, loras: loraFile };

const PATH = /^\/files\/(?<kind>[a-z]+)\/(?<id>[0-9a-f-]+)(?:\/(?<variant>[a-z0-9]+))?$/;

const ARCHIVE = /^\/files\/archives\/(?<id>[0-9a-f-]+)$/;

/** Answers `/files/{kind}/{id}[/{variant}]`; resolves to whether the request was one for a file. */
export async function serveFile(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  if (!req.url?.startsWith('/files/')) return false;
  for (const [name, value] of Object.entries(INERT)) res.setHeader(name, value);
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    refuse(req, res, ONLY_READ);
    return true;
  }
  const [path = '', query] = req.url.split('?', 2);
  const archive = ARCHIVE.exec(path)?.groups?.id;
  if (archive !== undefined) {
    await sendArchive(req, res, archive);
    return true;
  }
  const served = await lookUp(path);
  const size = served && (await storage.stat(served.key));
  if (!served || !size) refuse(req, res, NO_SUCH_FILE);
  else
    await sendFile(req, res, {
      ...served,
      bytes: size.bytes,
      isDownload: isDownload(new URLSearchParams(query)),
    });
  return true;
}

const isDownload = (query: URLSearchParams) => query.has('download');

/** Whether the address has a token that admits to what it is for (file-links.ts); undefined when it has none. */
export async function admitsByLink({ url = '' }: IncomingMessage): Promise<boolean | undefined> {
  const [path = '', text] = url.split('?', 2);
  const query = new URLSearchParams(text);
  const token = query.get('token');
  return token === null ? undefined : admitsTo(token, { path, isDownload: isDownload(query) });
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

const ONLY_READ: Refusal = {
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  message: 'Files can only be read.',
  headers: { Allow: 'GET, HEAD' },
};
