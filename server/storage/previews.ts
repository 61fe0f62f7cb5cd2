import sharp from 'sharp';

const SIDE = 512;

/** Whatever an engine shows of an unfinished image, as a small WebP. */
export const asPreview = (image: Uint8Array) =>
  sharp(image)
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 70 })
    .toBuffer();
