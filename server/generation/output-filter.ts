import { and, gte, inArray, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { generationImages, outputLoras, outputs } from '#schema/generation.ts';
import { matchesId, matchesSearch } from '../connection.ts';
import { db } from '../db.ts';

/** What a gallery shows. What is left out, or null, filters nothing. */
export type OutputFilter = {
  characterId?: string | null;
  loraId?: string | null;
  generationId?: string | null;
  isFavourite?: boolean | null;
  /** Inclusive. */
  from?: Date | null;
  /** Exclusive. */
  to?: Date | null;
  /** A part of the prompt, whatever its case. */
  search?: string | null;
  /** Those in the trash instead of those that are kept. */
  inTrash?: boolean | null;
};

export function matchesFilter(filter: OutputFilter): SQL | undefined {
  const { characterId, loraId, generationId, isFavourite, from, to, search, inTrash } = filter;
  return and(
    inTrash === true ? isNotNull(outputs.deletedAt) : isNull(outputs.deletedAt),
    matchesId(outputs.characterId, characterId),
    loraId == null ? undefined : inArray(outputs.id, madeWith(loraId)),
    matchesId(outputs.jobId, generationId),
    isFavourite == null
      ? undefined
      : isFavourite
        ? sql`${outputs.isFavourite}`
        : sql`not ${outputs.isFavourite}`,
    from == null ? undefined : gte(outputs.id, firstIdOf(from)),
    to == null ? undefined : lt(outputs.id, firstIdOf(to)),
    matchesPrompt(search),
  );
}

const madeWith = (loraId: string) =>
  db.select({ id: outputLoras.outputId }).from(outputLoras).where(matchesId(outputLoras.loraId, loraId));

/** The one place that knows which prompt an image has. */
function matchesPrompt(search: string | null | undefined) {
  const found = matchesSearch([generationImages.prompt], search);
  if (found === undefined) return undefined;
  const { jobId, index } = generationImages;
  const planned = db.select({ jobId, index }).from(generationImages).where(found);
  return sql`(${outputs.jobId}, ${outputs.index}) in ${planned}`;
}

/**
 * The smallest id that could be given at this time: a UUID v7 begins with the milliseconds since 1970 (RFC 9562). So a range of
 * days is a range of every index that the gallery walks, whatever else it is filtered by.
 */
export function firstIdOf(time: Date): string {
  const milliseconds = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7000-8000-000000000000`;
}
