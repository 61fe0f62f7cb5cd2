import sharp from 'sharp';

const SIDE = 512;
/** Previews are small; what claims to be larger is none. */
const MAX_PIXELS = 4096 * 4096;

/** Whatever an engine shows of an unfinished image, as a small WebP. */
export const asPreview = (image: Uint8Array) =>
  sharp(image, { limitInputPixels: MAX_PIXELS })
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 70 })
    .toBuffer();
