import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { characters } from '#schema/characters.ts';
import { jobs } from '#schema/jobs.ts';
import {
  type ConnectionArgs,
  isAmong,
  keysetConnection,
  matchesSearch,
  type SortKey,
} from '../connection.ts';
import { db, one, type Tx } from '../db.ts';
import { violates } from '../db-errors.ts';
import { InvalidInput, isId, isStorable, NotFound, parseInput, UNSTORABLE, UserError } from '../errors.ts';
import { type Asked, createOnce } from '../idempotency.ts';

export type Character = typeof characters.$inferSelect;

export class TriggerWordTaken extends UserError {
  readonly code = 'TRIGGER_WORD_TAKEN';
  readonly character: Character;

  constructor(character: Character) {
    super(`The trigger word "${character.triggerWord}" belongs to ${character.name} already.`);
    this.character = character;
  }
}

// ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Characters as Postgres counts them: code points. */
const lengthOf = (text: string) => [...text].length;

const oneLine = (min: number, max: number) =>
  z
    .string({ error: `It needs ${min} to ${max} characters and cannot be null.` })
    .trim()
    .refine((text) => lengthOf(text) >= min && lengthOf(text) <= max, {
      error: ({ input }) => `It needs ${min} to ${max} characters; it has ${lengthOf(String(input))}.`,
    });

const Name = oneLine(1, 100)
  .refine((name) => !/\p{Cc}/u.test(name), {
    error: 'It cannot have line breaks or other control characters.',
    abort: true,
  })
  .refine(isStorable, UNSTORABLE);

// What `[[:alnum:]]` of the check constraint means in C.UTF-8, the locale of our database. What cannot be stored is none of it.
const TriggerWord = oneLine(2, 50).refine((word) => /^[\p{Alphabetic}0-9 _-]*$/u.test(word), {
  error: 'It may have letters, digits, spaces, `_` and `-`.',
});

const Description = z
  .string()
  .refine((text) => lengthOf(text) <= 500, {
    error: ({ input }) => `It may have at most 500 characters; it has ${lengthOf(String(input))}.`,
  })
  .refine(isStorable, UNSTORABLE)
  .nullable();

const NewCharacter = z.object({
  name: Name,
  triggerWord: TriggerWord,
  description: Description.default(null),
});
const CharacterChange = NewCharacter.extend({ description: Description }).partial();

type CharacterValues = Partial<z.output<typeof NewCharacter>>;

/** What `write` violates, as the error that it means. `values` are what it wrote. */
async function typed<Result>(values: CharacterValues, write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (violates(error, 'characters_trigger_word_form')) {
      const message = 'It may have letters, digits, spaces, `_` and `-`, as the database knows them.';
      throw new InvalidInput([{ field: 'triggerWord', message }]);
    }
    if (!violates(error, 'characters_trigger_word_key')) throw error;
    const sameWord = sql`lower(${characters.triggerWord}) = lower(${values.triggerWord})`;
    const [owner] = await db.select().from(characters).where(sameWord);
    // Undefined: deleted since. Whoever asked may ask again.
    throw owner ? new TriggerWordTaken(owner) : error;
  }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const charactersByIds = (ids: readonly string[]) =>
  db
    .select()
    .from(characters)
    .where(inArray(characters.id, [...ids]));

export async function findCharacter(id: string): Promise<Character | null> {
  if (!isId(id)) return null;
  const [character] = await charactersByIds([id]);
  return character ?? null;
}

export async function getCharacter(id: string): Promise<Character> {
  const character = await findCharacter(id);
  if (character === null) throw new NotFound('character', id);
  return character;
}

const byId = { column: characters.id, type: 'uuid' } as const;
// Lower case as Postgres sees it, in the order and in the cursor alike.
const lowerName = sql<string>`lower(${characters.name})`;

type Listed = Character & { lowerName: string };

const ORDERS: Record<
  'newest' | 'name' | 'updated',
  { order: [SortKey, ...SortKey[]]; keyOf: (row: Listed) => string[] }
> = {
  newest: { order: [{ ...byId, direction: 'desc' }], keyOf: ({ id }) => [id] },
  name: {
    order: [
      { column: lowerName, type: 'text', direction: 'asc' },
      { ...byId, direction: 'asc' },
    ],
    keyOf: (row) => [row.lowerName, row.id],
  },
  updated: {
    order: [
      { column: characters.updatedAt, type: 'timestamptz', direction: 'desc' },
      { ...byId, direction: 'desc' },
    ],
    keyOf: ({ updatedAt, id }) => [updatedAt.toISOString(), id],
  },
};
export type CharacterSort = keyof typeof ORDERS;

export async function listCharacters(
  options: ConnectionArgs & { search?: string | null; sort: CharacterSort },
) {
  const { search, sort, ...args } = options;
  const found = matchesSearch([characters.name, characters.triggerWord, characters.description], search);
  const page = await keysetConnection<Listed>({
    args,
    ...ORDERS[sort],
    read: ({ where, orderBy, limit }) =>
      db
        .select({ ...getTableColumns(characters), lowerName })
        .from(characters)
        .where(and(found, where))
        .orderBy(...orderBy)
        .limit(limit),
  });
  return { ...page, countAll: () => db.$count(characters, found) };
}

// ── Locks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The one order in which a transaction locks rows: jobs → characters → loras → images, of each kind by id. An insert counts:
 * a foreign key locks what it names. Two transactions that keep to it wait for each other but never in a circle, which
 * Postgres ends after a second by failing one of them. Missing ones are not among the result.
 */
export const lockCharacters = async (
  tx: Tx,
  ids: string[],
  strength: 'update' | 'no key update' | 'key share',
) => tx.select().from(characters).where(isAmong(characters.id, ids)).orderBy(characters.id).for(strength);

/** Keeps jobs from being deleted until `tx` ends, because it is about to name them. */
export async function keepJobs(tx: Tx, ids: string[]) {
  const kept = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(isAmong(jobs.id, ids))
    .orderBy(jobs.id)
    .for('key share');
  const missing = ids.find((id) => !kept.some((job) => job.id === id));
  if (missing !== undefined) throw new NotFound('job', missing);
}

// ── Intents ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type CreateCharacterInput = { name: string; triggerWord: string; description?: string | null };

export async function createCharacter(input: CreateCharacterInput, asked: Asked): Promise<Character> {
  const values = parseInput(NewCharacter, input);
  const insert = async (tx: Tx) =>
    one(await tx.insert(characters).values(values).returning({ id: characters.id })).id;
  // What a violation means is looked up when the transaction is over: within it that would take a second connection.
  return getCharacter(
    await typed(
      values,
      createOnce(asked, async () => insert),
    ),
  );
}

/** A field that is left out stays as it is; null clears it. */
export async function updateCharacter(input: {
  id: string;
  name?: string | null;
  triggerWord?: string | null;
  description?: string | null;
}): Promise<Character> {
  const { id, ...given } = input;
  await getCharacter(id);
  const change = parseInput(CharacterChange, given);
  if (Object.values(change).every((value) => value === undefined)) return getCharacter(id);
  const update = db
    .update(characters)
    .set({ ...change, updatedAt: new Date() })
    .where(eq(characters.id, id))
    .returning()
    .execute();
  const [character] = await typed(change, update);
  if (character === undefined) throw new NotFound('character', id);
  return character;
}

/** Something of the character changed: its photos, a caption. */
export const touchCharacter = (tx: Pick<Tx, 'update'>, id: string) =>
  tx.update(characters).set({ updatedAt: new Date() }).where(eq(characters.id, id)).returning();
