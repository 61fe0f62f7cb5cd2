import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { gate } from '../gate.ts';
import { type ThumbnailSize, thumbnailKey } from './keys.ts';
import { type Kind, kindOf } from './picture-kinds.ts';
import { storage } from './volume.ts';

/** Pixels a side, as the picture is seen. */
const MIN_SIDE = 64;
const MAX_SIDE = 8192;
const DECODE_SECONDS = 10;
const ACCEPTED = 'JPEG, PNG, WebP, GIF or AVIF';

sharp.cache(false);
// One thread a picture and several pictures at a time: each costs memory, and this way no core waits for another.
sharp.concurrency(1);
const atATime = gate(Math.max(2, availableParallelism()));

/**
 * For processes that read pictures of others, when they start: no decoder but these can be reached any more, whatever a file
 * makes it through the checks with. The others (SVG, PDF, TIFF …) are large and have a history. Cannot be undone.
 */
export function lockDecoders() {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((loader) => `VipsForeignLoad${loader}`),
  });
}

const OPTIONS = {
  failOn: 'warning',
  pages: 1,
  limitInputPixels: MAX_SIDE * MAX_SIDE,
} satisfies SharpOptions;

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'heic';

export type Picture = {
  format: PictureFormat;
  /** Pixels, after the orientation that its metadata asks for. */
  width: number;
  height: number;
  /** Base64. */
  thumbHash: string;
};

export class UnreadablePicture extends Error {
  readonly code:
    | 'EMPTY_FILE'
    | 'NOT_AN_IMAGE'
    | 'UNSUPPORTED_FORMAT'
    | 'TOO_SMALL'
    | 'TOO_LARGE_PIXELS'
    | 'DAMAGED';

  constructor(code: UnreadablePicture['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Decodes the whole file, so what it returns is a picture and not only the beginning of one, and makes its thumbnails from
 * the same pixels: decoding is the dear part.
 */
export const readPictureWithThumbnails = (path: string, sha256: string): Promise<Picture> =>
  atATime(async () => {
    const facts = await inspect(path);
    const pixels = await decode(path, 1024);
    const [thumbHash] = await Promise.all([thumbHashOf(pixels), writeThumbnails(pixels, sha256)]);
    return { ...facts, thumbHash };
  });

/** WebP of 256 and 1024 px along the longer side, upright and without any metadata. */
const makeThumbnails = (path: string, sha256: string): Promise<void> =>
  atATime(async () => writeThumbnails(await decode(path, 1024), sha256));

const making = new Map<string, Promise<void>>();

/** The key of a thumbnail, which is made again when the cache was emptied. */
export async function thumbnail(key: string, sha256: string, size: ThumbnailSize): Promise<string> {
  const wanted = thumbnailKey(sha256, size);
  if ((await storage.stat(wanted)) !== null) return wanted;
  const path = await storage.localPath(key);
  const made = making.get(sha256) ?? makeThumbnails(path, sha256).finally(() => making.delete(sha256));
  making.set(sha256, made);
  await made;
  return wanted;
}

// ── Decoding ────────────────────────────────────────────────────────────────────────────────────────────────────────

async function inspect(path: string): Promise<Omit<Picture, 'thumbHash'>> {
  const kind = await acceptedKind(path);
  // The size is ours to judge, in words; here only the header is read, which costs nothing however large the picture.
  const metadata = await sharp(path, { ...OPTIONS, limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw undecodable(kind);
    });
  const { width, height } = metadata.autoOrient;
  const size = `The picture is ${width} × ${height} pixels`;
  if (Math.min(width, height) < MIN_SIDE)
    throw new UnreadablePicture('TOO_SMALL', `${size}; each side must have at least ${MIN_SIDE}.`);
  if (Math.max(width, height) > MAX_SIDE)
    throw new UnreadablePicture('TOO_LARGE_PIXELS', `${size}; each side may have at most ${MAX_SIDE}.`);
  return { format: formatOf(metadata), width, height };
}

async function acceptedKind(path: string): Promise<Kind> {
  const kind = await kindOf(path);
  if (kind?.isAccepted) return kind;
  if (kind) throw unsupported(kind);
  const { size } = await stat(path);
  if (size === 0) throw new UnreadablePicture('EMPTY_FILE', 'The file is empty.');
  throw new UnreadablePicture('NOT_AN_IMAGE', `This file is not an image; use ${ACCEPTED}.`);
}

const unsupported = ({ name }: Kind) =>
  new UnreadablePicture('UNSUPPORTED_FORMAT', `${name} files are not supported; use ${ACCEPTED}.`);

/** A HEIC is almost never broken: what is in it is HEVC, for which most builds of the decoder have no licence. */
const undecodable = (kind: Kind) =>
  kind.name === 'HEIC'
    ? unsupported(kind)
    : new UnreadablePicture('DAMAGED', `The ${kind.name} is damaged or incomplete and cannot be decoded.`);

function formatOf({ format, compression }: Metadata): PictureFormat {
  if (format === 'jpeg' || format === 'png' || format === 'webp' || format === 'gif') return format;
  if (format === 'heif') return compression === 'av1' ? 'avif' : 'heic';
  throw unsupported({ name: format ?? 'These', isAccepted: false });
}

type Pixels = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 };

/** Upright sRGB pixels within a square of `side`, decoded no finer than that needs. */
async function decode(path: string, side: number): Promise<Pixels> {
  try {
    const { data, info } = await sharp(path, OPTIONS)
      .rotate()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .timeout({ seconds: DECODE_SECONDS })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    if (error instanceof Error && /timeout/i.test(error.message))
      throw new UnreadablePicture(
        'DAMAGED',
        `The picture cannot be decoded within ${DECODE_SECONDS} seconds.`,
      );
    throw undecodable(await acceptedKind(path));
  }
}

const from = ({ data, ...raw }: Pixels) => sharp(data, { raw });

async function thumbHashOf(pixels: Pixels) {
  const { data, info } = await from(pixels)
    .resize(100, 100, { fit: 'inside' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}

async function writeThumbnails(pixels: Pixels, sha256: string) {
  const write = async (size: ThumbnailSize) => {
    const bytes = await from(pixels)
      .resize(size, size, { fit: 'inside', withoutEnlargement: true })
      // Effort 4 makes them a seventh smaller and takes three times as long.
      .webp({ quality: 80, effort: 0 })
      .toBuffer();
    await storage.write(thumbnailKey(sha256, size), bytes);
  };
  await Promise.all([write(256), write(1024)]);
}
