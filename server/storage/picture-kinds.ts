import { open } from 'node:fs/promises';

/** What the first bytes say a file is. */
export type Kind = { name: string /** One of ours, if the decoder agrees. */; isAccepted: boolean };

const ascii = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1');

/** AVIF, HEIC and films are all ISO base media files, told apart by their brands (ISO/IEC 14496-12 §4.3). */
function mediaKind(brands: string): Kind {
  if (/avi[fs]/.test(brands)) return { name: 'AVIF', isAccepted: true };
  if (/hei[cxms]|hev[cxms]/.test(brands)) return { name: 'HEIC', isAccepted: true };
  return { name: 'Video', isAccepted: false };
}

const STARTS: [start: string, kind: Kind][] = [
  ['\xff\xd8\xff', { name: 'JPEG', isAccepted: true }],
  ['\x89PNG\r\n\x1a\n', { name: 'PNG', isAccepted: true }],
  ['GIF8', { name: 'GIF', isAccepted: true }],
  ['II*\0', { name: 'TIFF or RAW', isAccepted: false }],
  ['MM\0*', { name: 'TIFF or RAW', isAccepted: false }],
  ['BM', { name: 'BMP', isAccepted: false }],
  ['8BPS', { name: 'PSD', isAccepted: false }],
  ['%PDF', { name: 'PDF', isAccepted: false }],
  ['\xff\x0a', { name: 'JPEG XL', isAccepted: false }],
  ['\0\0\0\x0cJXL ', { name: 'JPEG XL', isAccepted: false }],
  ['\0\0\0\x0cjP  ', { name: 'JPEG 2000', isAccepted: false }],
];

/** Undefined when the file is of no kind that we know. */
export async function kindOf(path: string): Promise<Kind | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const text = ascii(bytes, 0, bytesRead);
    if (text.startsWith('RIFF') && ascii(bytes, 8, 12) === 'WEBP') return { name: 'WebP', isAccepted: true };
    if (ascii(bytes, 4, 8) === 'ftyp')
      return mediaKind(ascii(bytes, 8, Math.min(buffer.readUInt32BE(0), 256)));
    if (/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]/s.test(text))
      return { name: 'SVG', isAccepted: false };
    return STARTS.find(([start]) => text.startsWith(start))?.[1];
  } finally {
    await file.close();
  }
}

const MEDIA_TYPES: Record<string, string> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
};

/** Of a picture that an engine made as it liked. Null when it is none that a browser is to show. */
export async function mediaTypeOf(path: string): Promise<string | null> {
  const kind = await kindOf(path);
  return MEDIA_TYPES[kind?.name ?? ''] ?? null;
}
