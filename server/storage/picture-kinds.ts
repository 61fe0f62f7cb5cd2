import { open } from 'node:fs/promises';

/** What the first bytes say a file is. */
export type Kind = { name: string /** One of ours, if the decoder agrees. */; isAccepted: boolean };

const accepted = (name: string): Kind => ({ name, isAccepted: true });
const refused = (name: string): Kind => ({ name, isAccepted: false });

/** AVIF, HEIC and films are all ISO base media files, told apart by their brands (ISO/IEC 14496-12 §4.3). */
function mediaKind(brands: string): Kind {
  if (/avi[fs]/.test(brands)) return accepted('AVIF');
  if (/hei[cxms]|hev[cxms]/.test(brands)) return accepted('HEIC');
  return refused('Video');
}

/** RIFF holds sounds and films, too; the form stands behind its size. */
function riffKind(form: string): Kind {
  if (form === 'WEBP') return accepted('WebP');
  return refused({ WAVE: 'WAV', 'AVI ': 'AVI' }[form] ?? 'RIFF');
}

const STARTS: [start: string, kind: Kind][] = [
  ['\xff\xd8\xff', accepted('JPEG')],
  ['\x89PNG\r\n\x1a\n', accepted('PNG')],
  ['GIF8', accepted('GIF')],
  ['II*\0', refused('TIFF or RAW')],
  ['MM\0*', refused('TIFF or RAW')],
  ['BM', refused('BMP')],
  ['8BPS', refused('PSD')],
  ['%PDF', refused('PDF')],
  ['\xff\x0a', refused('JPEG XL')],
  ['\0\0\0\x0cJXL ', refused('JPEG XL')],
  ['\0\0\0\x0cjP  ', refused('JPEG 2000')],
  ['PK\x03\x04', refused('ZIP')],
  ['PK\x05\x06', refused('ZIP')],
  ['PK\x07\x08', refused('ZIP')],
  ['Rar!\x1a\x07', refused('RAR')],
  ['7z\xbc\xaf\x27\x1c', refused('7z')],
  ['\x1f\x8b', refused('gzip')],
  ['BZh', refused('bzip2')],
  ['\xfd7zXZ\0', refused('xz')],
  ['\x28\xb5\x2f\xfd', refused('Zstandard')],
];

/** What may come before the first tag. A comment ends at its first end, so that there is one way to read many of them. */
const PROLOGUE = String.raw`^\s*(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*-->\s*|<!DOCTYPE svg[^>]*>\s*)*`;
const SVG = new RegExp(`${PROLOGUE}<svg[\\s>]`, 's');
const HTML = new RegExp(`${PROLOGUE}<(!doctype\\s+html|html|head|body|script|iframe)[\\s>]`, 'is');

/** Bytes enough for `kindOf`. */
const HEAD = 1024;

/** Of a file that begins so. Undefined when it is of no kind that we know. */
export function kindOf(file: Buffer): Kind | undefined {
  const text = file.toString('latin1', 0, HEAD).replace(/^\xef\xbb\xbf/, '');
  if (text.startsWith('RIFF')) return riffKind(text.slice(8, 12));
  if (text.startsWith('ftyp', 4)) return mediaKind(text.slice(8, Math.min(file.readUInt32BE(0), 256)));
  if (SVG.test(text)) return refused('SVG');
  if (HTML.test(text)) return refused('HTML');
  return STARTS.find(([start]) => text.startsWith(start))?.[1] ?? (isTar(text) ? refused('tar') : undefined);
}

/** The magic of a tar stands behind the fields of its first entry (POSIX.1-1988), so another file can begin before it. */
export const isTar = (head: string) => head.startsWith('ustar', 257);

const MEDIA_TYPES: Record<string, string> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
};

/** Of a picture that an engine made as it liked. Null when it is none that a browser is to show. */
export async function mediaTypeOf(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const kind = kindOf(buffer.subarray(0, bytesRead));
    return MEDIA_TYPES[kind?.name ?? ''] ?? null;
  } finally {
    await file.close();
  }
}
