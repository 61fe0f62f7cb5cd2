import { z } from 'zod';

/** The numbers that describe a face; those of another face of the same person point in much the same direction. */
const EMBEDDING_SIZE = 1024;

export type Question = { path: string };

const Face = z.object({
  /** Of the picture's area, 0 to 1. */
  share: z.number().min(0).max(1),
  embedding: z.array(z.number()).length(EMBEDDING_SIZE),
});

/** What the process that looks for faces says of a picture, the largest face first. */
export const Answer = z.object({
  faces: z.array(Face).max(100).optional(),
  /** Of ours, or of the picture. */
  failure: z.string().max(500).optional(),
  /** It holds memory that it will not give back, and should be replaced. */
  isTired: z.boolean(),
});

export type Answer = z.infer<typeof Answer>;
export type Face = z.infer<typeof Face>;
