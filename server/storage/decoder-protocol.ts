import { z } from 'zod';
import { UNREADABLE_CODES } from './unreadable.ts';

/** Where a picture comes from: of what an engine of ours made, the texts in it may say what they like. */
export type Origin = 'upload' | 'engine';

export type Question = { path: string; origin: Origin };

const Bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

const DecodedPicture = z.object({
  format: z.enum(['jpeg', 'png', 'webp', 'gif', 'avif', 'heic']),
  width: z.int().positive(),
  height: z.int().positive(),
  thumbHash: z.base64(),
  small: Bytes,
  large: Bytes,
});

/**
 * What a decoder says of a picture. It is JSON and looked at closely, because a decoder that a hostile file has taken over can
 * say anything.
 */
export const Answer = z.object({
  picture: DecodedPicture.optional(),
  refusal: z.object({ code: z.enum(UNREADABLE_CODES), message: z.string().max(500) }).optional(),
  /** Of ours, or of the file system. */
  failure: z.string().optional(),
  /** It holds memory that it will not give back, and should be replaced. */
  isTired: z.boolean(),
});

/** As it is sent. */
export type SentAnswer = z.input<typeof Answer>;
export type Answer = z.infer<typeof Answer>;
export type DecodedPicture = z.infer<typeof DecodedPicture>;
export type PictureFormat = DecodedPicture['format'];
