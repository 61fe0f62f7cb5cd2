import { builder } from './builder.ts';

/** Longest sides in pixels, as the file route names them. */
const SIDE = { small: 256, large: 1024 } as const;

export const ThumbnailSize = builder.enumType('ThumbnailSize', {
  description: 'How large a thumbnail is: its longest side.',
  values: {
    SMALL: { value: 'small', description: '256 px.' },
    LARGE: { value: 'large', description: '1024 px.' },
  } as const,
});

export const thumbnailUrl = (kind: string, id: string, size: 'small' | 'large') =>
  `/files/${kind}/${id}/${SIDE[size]}`;
export const THUMBNAIL_DESCRIPTION = 'Path of a WebP without metadata, upright, relative to the server.';
