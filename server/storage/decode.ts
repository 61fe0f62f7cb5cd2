import { readFile } from 'node:fs/promises';
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { Origin, PictureFormat } from './decoder-protocol.ts';
import { type Kind, kindOf } from './picture-kinds.ts';
import { alsoIs } from './polyglots.ts';
import { UnreadablePicture } from './unreadable.ts';

/** Pixels a side, as the picture is seen. */
const MIN_SIDE = 64;
const MAX_SIDE = 8192;
const ACCEPTED = 'JPEG, PNG, WebP, GIF or AVIF';

sharp.cache(false);
// One thread a picture and several pictures at a time: each costs memory, and this way no core waits for another.
sharp.concurrency(1);

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

type Facts = { format: PictureFormat; width: number; height: number };

/**
 * Decodes the whole file, so what it returns is a picture and not only the beginning of one, and makes its thumbnails from
 * the same pixels: decoding is the dear part. Throws UnreadablePicture.
 */
export async function decodePicture(path: string, origin: Origin) {
  const file = await readFile(path);
  const kind = acceptedKind(file);
  const other = origin === 'upload' && alsoIs(file);
  if (other)
    throw new UnreadablePicture('POLYGLOT', `The ${kind.name} is ${other} as well; send only the picture.`);
  const facts = await inspect(file, kind);
  const pixels = await decode(file, kind);
  const [thumbHash, small, large] = await Promise.all([
    thumbHashOf(pixels),
    thumbnailOf(pixels, 256),
    thumbnailOf(pixels, 1024),
  ]);
  return { ...facts, thumbHash, small, large };
}

function acceptedKind(file: Buffer): Kind {
  const kind = kindOf(file);
  if (kind?.isAccepted) return kind;
  if (kind) throw unsupported(kind.name);
  if (file.length === 0) throw new UnreadablePicture('EMPTY_FILE', 'The file is empty.');
  throw new UnreadablePicture('NOT_AN_IMAGE', `This file is not an image; use ${ACCEPTED}.`);
}

async function inspect(file: Buffer, kind: Kind): Promise<Facts> {
  // The size is ours to judge, in words; here only the header is read, which costs nothing however large the picture.
  const metadata = await sharp(file, { ...OPTIONS, limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw undecodable(kind, error);
    });
  const { width, height } = metadata.autoOrient;
  const size = `The picture is ${width} × ${height} pixels`;
  if (Math.min(width, height) < MIN_SIDE)
    throw new UnreadablePicture('TOO_SMALL', `${size}; each side must have at least ${MIN_SIDE}.`);
  if (Math.max(width, height) > MAX_SIDE)
    throw new UnreadablePicture('TOO_LARGE_PIXELS', `${size}; each side may have at most ${MAX_SIDE}.`);
  return { format: formatOf(metadata), width, height };
}

const unsupported = (name: string) =>
  new UnreadablePicture('UNSUPPORTED_FORMAT', `${name} files are not supported; use ${ACCEPTED}.`);

/** Each decoder has its own words for it: `out of memory`, `Insufficient memory`, `Memory allocation failed`. */
const isOutOfMemory = (error: unknown) => error instanceof Error && /memory|allocat/i.test(error.message);

/** A HEIC is almost never broken: what is in it is HEVC, for which most builds of the decoder have no licence. */
function undecodable(kind: Kind, error: unknown) {
  if (isOutOfMemory(error))
    return new UnreadablePicture(
      'UNDECODABLE',
      `The ${kind.name} needs more memory than a picture may take.`,
    );
  if (kind.name === 'HEIC') return unsupported(kind.name);
  return new UnreadablePicture('DAMAGED', `The ${kind.name} is damaged or incomplete and cannot be decoded.`);
}

function formatOf({ format, compression }: Metadata): PictureFormat {
  if (format === 'jpeg' || format === 'png' || format === 'webp' || format === 'gif') return format;
  if (format === 'heif') return compression === 'av1' ? 'avif' : 'heic';
  throw unsupported(format ?? 'These');
}

type Pixels = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 };

/** Upright sRGB pixels, as many as the larger thumbnail has, and decoded no finer than that needs. */
async function decode(file: Buffer, kind: Kind): Promise<Pixels> {
  try {
    const { data, info } = await sharp(file, OPTIONS)
      .rotate()
      .resize(1024, 1024, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    throw undecodable(kind, error);
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

/** WebP, upright and without any metadata. */
const thumbnailOf = (pixels: Pixels, side: number) =>
  from(pixels)
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    // Effort 4 makes them a seventh smaller and takes three times as long.
    .webp({ quality: 80, effort: 0 })
    .toBuffer();
