import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { wildcards } from '#schema/prompts.ts';
import { type ConnectionArgs, keysetConnection, matchesSearch } from '../connection.ts';
import { db, one, type Tx } from '../db.ts';
import { violates } from '../db-errors.ts';
import { isId, NotFound, parseInput } from '../errors.ts';
import { type Asked, createOnce } from '../idempotency.ts';
import { NameInUse, oneLine } from './text-rules.ts';

/** Without its values, of which there may be half a megabyte. */
export type Wildcard = Omit<typeof wildcards.$inferSelect, 'values'> & { valueCount: number };

// ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const Name = z
  .string({ error: 'It cannot be null.' })
  .trim()
  .toLowerCase()
  .refine((name) => name.length <= 50 && /^[a-z0-9-]+(_[a-z0-9-]+)*$/.test(name), {
    error: 'It needs 1 to 50 letters a to z, digits and `-`, with single `_` between them.',
  });
const Values = z
  .array(oneLine(1, 500), { error: 'It cannot be null.' })
  .min(1, 'It needs at least 1 value.')
  .max(1000, { error: ({ input }) => `It may have at most 1000 values; it has ${lengthOf(input)}.` });
const lengthOf = (list: unknown) => (Array.isArray(list) ? list.length : 0);

const NewWildcard = z.object({ name: Name, values: Values });
const WildcardChange = NewWildcard.partial();

async function typed<Result>(name: string | undefined, write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    throw violates(error, 'wildcards_name_key') ? new NameInUse(name ?? '') : error;
  }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const COLUMNS = {
  id: wildcards.id,
  name: wildcards.name,
  valueCount: sql<number>`cardinality(${wildcards.values})`,
  createdAt: wildcards.createdAt,
  updatedAt: wildcards.updatedAt,
};

export const wildcardsByIds = (ids: readonly string[]): Promise<Wildcard[]> =>
  db
    .select(COLUMNS)
    .from(wildcards)
    .where(inArray(wildcards.id, [...ids]));

/** Of each list, in the order of `ids`. */
export async function valuesOfWildcards(ids: readonly string[]): Promise<string[][]> {
  const rows = await db
    .select({ id: wildcards.id, values: wildcards.values })
    .from(wildcards)
    .where(inArray(wildcards.id, [...ids]));
  return ids.map((id) => rows.find((row) => row.id === id)?.values ?? []);
}

export async function findWildcard(id: string): Promise<Wildcard | null> {
  const [wildcard] = isId(id) ? await wildcardsByIds([id]) : [];
  return wildcard ?? null;
}

async function getWildcard(id: string): Promise<Wildcard> {
  const wildcard = await findWildcard(id);
  if (wildcard === null) throw new NotFound('wildcard', id);
  return wildcard;
}

export const listWildcards = ({ search, ...args }: ConnectionArgs & { search?: string | null }) =>
  keysetConnection<Wildcard>({
    args,
    order: [{ column: wildcards.name, type: 'text', direction: 'asc' }],
    keyOf: ({ name }) => [name],
    read: ({ where, orderBy, limit }) =>
      db
        .select(COLUMNS)
        .from(wildcards)
        .where(and(where, matchesSearch([wildcards.name], search)))
        .orderBy(...orderBy)
        .limit(limit),
  });

// ── Intents ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function createWildcard(
  input: { name: string; values: string[] },
  asked: Asked,
): Promise<Wildcard> {
  const values = parseInput(NewWildcard, input);
  const insert = async (tx: Tx) =>
    one(await tx.insert(wildcards).values(values).returning({ id: wildcards.id })).id;
  const id = await typed(
    values.name,
    createOnce(asked, async () => insert),
  );
  return getWildcard(id);
}

/** A field that is left out stays as it is. */
export async function updateWildcard(input: {
  id: string;
  name?: string | null;
  values?: string[] | null;
}): Promise<Wildcard> {
  const { id, ...given } = input;
  await getWildcard(id);
  const change = parseInput(WildcardChange, given);
  const update = db
    .update(wildcards)
    .set({ ...change, updatedAt: new Date() })
    .where(eq(wildcards.id, id))
    .returning(COLUMNS)
    .execute();
  const [wildcard] = await typed(change.name, update);
  if (wildcard === undefined) throw new NotFound('wildcard', id);
  return wildcard;
}

/** Generations that were started keep the texts that it gave. */
export async function deleteWildcard(id: string): Promise<string> {
  const [gone] = isId(id)
    ? await db.delete(wildcards).where(eq(wildcards.id, id)).returning({ id: wildcards.id })
    : [];
  if (gone === undefined) throw new NotFound('wildcard', id);
  return id;
}
