import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { archives, outputs } from '#schema/generation.ts';
import { isAmong } from '../connection.ts';
import { db, one } from '../db.ts';
import { isId, NotFound } from '../errors.ts';
import { type Asked, createOnce } from '../idempotency.ts';
import { outputKey } from '../storage/keys.ts';
import { chosenIds } from './outputs.ts';

/** What one ZIP is to hold. */
export type Archive = { id: string; count: number; bytes: number };

/** Ids that nothing has, and images in the trash, are left out; with none left there is nothing to send. */
export async function createArchive(ids: readonly string[], asked: Asked): Promise<Archive> {
  const id = await createOnce(asked, async () => {
    const known = chosenIds(ids);
    const there = new Set((await keptOf(known)).map((output) => output.id));
    if (there.size === 0) throw new NotFound('output', ids[0] ?? '', 'None of these images is there.');
    const outputIds = known.filter((known) => there.has(known));
    return async (tx) =>
      one(await tx.insert(archives).values({ outputIds }).returning({ id: archives.id })).id;
  });
  const archive = await findArchive(id);
  if (archive === null) throw new NotFound('archive', id);
  const kept = await keptOf(archive.outputIds);
  return { id, count: kept.length, bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0) };
}

const keptOf = (ids: string[]) =>
  db
    .select({ id: outputs.id, bytes: outputs.bytes })
    .from(outputs)
    .where(and(isAmong(outputs.id, ids), isNull(outputs.deletedAt)));

async function findArchive(id: string) {
  const [archive] = isId(id) ? await db.select().from(archives).where(eq(archives.id, id)) : [];
  return archive ?? null;
}

/** A file of a ZIP: where it is, and what it is called there. */
export type ArchiveEntry = { key: string; name: string; bytes: number; madeAt: Date };

/** In the order in which they were chosen; what was deleted meanwhile is left out. Null when there is no such archive. */
export async function entriesOf(archiveId: string): Promise<ArchiveEntry[] | null> {
  const archive = await findArchive(archiveId);
  if (archive === null) return null;
  const { outputIds } = archive;
  const rows = await db
    .select({ output: outputs, character: characters.name })
    .from(outputs)
    .leftJoin(characters, eq(characters.id, outputs.characterId))
    .where(and(isAmong(outputs.id, outputIds), isNull(outputs.deletedAt)));
  const byId = new Map(rows.map((row) => [row.output.id, row]));
  return outputIds
    .flatMap((id) => byId.get(id) ?? [])
    .map(({ output, character }, place) => ({
      key: outputKey(output),
      name: `${String(place + 1).padStart(3, '0')} ${plainName(character ?? 'image')} ${output.seed}.png`,
      bytes: output.bytes,
      madeAt: output.createdAt,
    }));
}

/** Names are words of users: what is no letter, digit, space or hyphen means something to some file system. */
const plainName = (name: string) =>
  name
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .trim()
    .slice(0, 40) || 'image';

const KEPT_HOURS = 24;

export const forgetOldArchives = () =>
  db.delete(archives).where(lt(archives.createdAt, sql`now() - make_interval(hours => ${KEPT_HOURS})`));
