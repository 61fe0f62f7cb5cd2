import { and, asc, count, eq, inArray, notExists, sql } from 'drizzle-orm';
import { z } from 'zod';
import { images } from '#schema/images.ts';
import { datasetSnapshotImages, datasetSnapshots } from '#schema/training.ts';
import { lockCharacters, touchCharacter } from '../characters/characters.ts';
import { type ConnectionArgs, keysetConnection } from '../connection.ts';
import { db, type Tx } from '../db.ts';
import { InvalidInput, isId, isStorable, NotFound, parseInput, UNSTORABLE } from '../errors.ts';
import { removeFiles } from '../jobs/queue.ts';
import { photoKey, thumbnailKey } from '../storage/keys.ts';
import type { StoredFile } from '../storage/storage.ts';

export type Image = typeof images.$inferSelect;

const MAX_CAPTION = 2000;
const MAX_DELETED = 500;
const MAX_PAGE = 500;

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const imagesByIds = (ids: readonly string[]) =>
  db
    .select()
    .from(images)
    .where(inArray(images.id, [...ids]));

export async function findImage(id: string): Promise<Image | null> {
  if (!isId(id)) return null;
  const [image] = await imagesByIds([id]);
  return image ?? null;
}

export const mediaType = (format: Image['format']) => `image/${format}`;

/** A picture that came as `page.html` is not saved as one. */
function savedName({ fileName, format }: Image) {
  const endings = format === 'jpeg' ? ['jpg', 'jpeg'] : [format];
  const hasEnding = endings.some((ending) => fileName.toLowerCase().endsWith(`.${ending}`));
  return hasEnding ? fileName : `${fileName}.${endings[0]}`;
}

export async function imageFile(id: string): Promise<StoredFile | null> {
  const image = await findImage(id);
  if (image === null) return null;
  return {
    key: photoKey(image),
    sha256: image.sha256,
    type: mediaType(image.format),
    name: savedName(image),
  };
}

/** Newest first. */
export const imagesOf = (characterId: string, args: ConnectionArgs) =>
  keysetConnection<Image>({
    args,
    maxSize: MAX_PAGE,
    order: [{ column: images.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(images)
        .where(and(eq(images.characterId, characterId), where))
        .orderBy(...orderBy)
        .limit(limit),
  });

export async function imageCountsOf(characterIds: readonly string[]): Promise<number[]> {
  const rows = await db
    .select({ characterId: images.characterId, images: count() })
    .from(images)
    .where(inArray(images.characterId, [...characterIds]))
    .groupBy(images.characterId);
  const counts = new Map(rows.map((row) => [row.characterId, row.images]));
  return characterIds.map((id) => counts.get(id) ?? 0);
}

/** The first photo of each, so that a character keeps its face while photos are added. */
export async function coversOf(characterIds: readonly string[]): Promise<(Image | null)[]> {
  const rows = await db
    .selectDistinctOn([images.characterId])
    .from(images)
    .where(inArray(images.characterId, [...characterIds]))
    .orderBy(images.characterId, asc(images.id));
  const covers = new Map(rows.map((image) => [image.characterId, image]));
  return characterIds.map((id) => covers.get(id) ?? null);
}

// ── Intents ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const Caption = z.object({
  caption: z
    .string()
    .refine((text) => [...text].length <= MAX_CAPTION, {
      error: ({ input }) =>
        `It may have at most ${MAX_CAPTION} characters; it has ${[...String(input)].length}.`,
    })
    .refine(isStorable, UNSTORABLE)
    .nullable()
    .default(null),
});

/** Before the images themselves, as the order of locks wants it; the character of an image never changes. */
async function lockCharactersOf(tx: Tx, imageIds: string[]) {
  const owners = await tx
    .selectDistinct({ id: images.characterId })
    .from(images)
    .where(inArray(images.id, imageIds));
  await lockCharacters(
    tx,
    owners.map(({ id }) => id),
    'no key update',
  );
}

export async function captionImage(input: { imageId: string; caption?: string | null }): Promise<Image> {
  const { caption } = parseInput(Caption, input);
  const { imageId } = input;
  if (!isId(imageId)) throw new NotFound('image', imageId);
  return db.transaction(async (tx) => {
    await lockCharactersOf(tx, [imageId]);
    const [image] = await tx.update(images).set({ caption }).where(eq(images.id, imageId)).returning();
    if (image === undefined) throw new NotFound('image', imageId);
    await touchCharacter(tx, image.characterId);
    return image;
  });
}

/** Ids that nothing has are passed over: whoever wants an image gone has what they want. Resolves to those that were there. */
export async function deleteImages(ids: readonly string[]): Promise<string[]> {
  if (ids.length > MAX_DELETED)
    throw new InvalidInput([
      { field: 'ids', message: `It may have at most ${MAX_DELETED} ids; it has ${ids.length}.` },
    ]);
  const known = ids.filter(isId);
  return db.transaction(async (tx) => {
    await lockCharactersOf(tx, known);
    const deleted = await tx.delete(images).where(inArray(images.id, known)).returning();
    const unused = await withoutUse(tx, deleted);
    await removeFiles(tx, [
      ...unused.map(photoKey),
      ...deleted.flatMap(({ sha256 }) => [thumbnailKey(sha256, 256), thumbnailKey(sha256, 1024)]),
    ]);
    for (const characterId of new Set(deleted.map((image) => image.characterId)))
      await touchCharacter(tx, characterId);
    const gone = new Set(deleted.map(({ id }) => id));
    return [...new Set(known)].filter((id) => gone.has(id));
  });
}

type Photo = Pick<Image, 'characterId' | 'sha256'>;

/**
 * The photos whose file nothing needs. A training keeps the photos that it learned from: its dataset snapshot names them by
 * content, so that it can be resumed, retried and reproduced when the image itself is long deleted.
 */
export async function withoutUse<Named extends Photo>(tx: Tx, photos: Named[]): Promise<Named[]> {
  if (photos.length === 0) return [];
  const given = sql.join(
    photos.map(({ characterId, sha256 }) => sql`(${characterId}::uuid, ${sha256}::text)`),
    sql`, `,
  );
  const photo = sql.raw('photo');
  const characterId = sql<string>`${photo}.character_id`;
  const sha256 = sql<string>`${photo}.sha256`;
  const rows = await tx
    .select({ characterId, sha256 })
    .from(sql`(values ${given}) as photo(character_id, sha256)`)
    .where(
      and(
        notExists(
          tx
            .select({ used: sql`1` })
            .from(images)
            .where(and(eq(images.characterId, characterId), eq(images.sha256, sha256))),
        ),
        notExists(
          tx
            .select({ used: sql`1` })
            .from(datasetSnapshotImages)
            .innerJoin(datasetSnapshots, eq(datasetSnapshots.id, datasetSnapshotImages.snapshotId))
            .where(
              and(eq(datasetSnapshots.characterId, characterId), eq(datasetSnapshotImages.sha256, sha256)),
            ),
        ),
      ),
    );
  const unused = new Set(rows.map((row) => `${row.characterId}/${row.sha256}`));
  return photos.filter((row) => unused.has(`${row.characterId}/${row.sha256}`));
}
