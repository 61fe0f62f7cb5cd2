import { createHash } from 'node:crypto';
import { and, eq, lt, sql } from 'drizzle-orm';
import { idempotencyKeys } from '#schema/idempotency.ts';
import { currentTrace } from './correlation.ts';
import { db, type Tx } from './db.ts';
import { InvalidInput, UserError } from './errors.ts';
import { failpoint } from './failpoint.ts';

/** A mutation as its caller asked for it; `owner` is the user, or empty without accounts. `input` is what was given, before anything left out is filled in or drawn. */
export type Asked = { operation: string; key: string | null; input: unknown; owner: string };

/** Writes something new, all of it in `tx` and nothing elsewhere, and resolves to what an answer is loaded by: ids. */
export type Creation<Answer> = (tx: Tx) => Promise<Answer>;

export class IdempotencyConflict extends UserError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
  readonly operation: string;

  /** `operation` is the one that the key belongs to. */
  constructor(operation: string, asked: Asked) {
    const other = operation === asked.operation ? 'with another input' : `for ${asked.operation}`;
    super(
      `This key stands for a ${operation} that was asked for before, and comes ${other} now. Take a new one.`,
    );
    this.operation = operation;
  }
}

const KEY = /^[\x20-\x7E]{1,255}$/;
const KEPT_HOURS = 24;

type Args = { input: unknown; idempotencyKey?: string | null | undefined };

/** What a mutation's arguments ask for. Throws InvalidInput when the key cannot be one. */
export function askedFor(operation: string, { input, idempotencyKey }: Args): Asked {
  const key = idempotencyKey ?? null;
  if (key !== null && !KEY.test(key))
    throw new InvalidInput([
      { field: 'idempotencyKey', message: 'Must have 1 to 255 printable ASCII characters.' },
    ]);
  return { operation, key, input, owner: currentTrace()?.userId ?? '' };
}

const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** In the order of their names, so that the same input written in another order is the same. What is undefined is left out. */
const sorted = (_: string, value: unknown) =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const fingerprintOf = ({ operation, input }: Asked) =>
  createHash('sha256').update(JSON.stringify({ operation, input }, sorted)).digest('hex');

type Kept = typeof idempotencyKeys.$inferSelect;

const isTheirs = (owner: string, key: string) =>
  and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key));

async function read(reader: Pick<Tx, 'select'>, owner: string, key: string): Promise<Kept | undefined> {
  const [kept] = await reader.select().from(idempotencyKeys).where(isTheirs(owner, key));
  return kept;
}

/** What is kept under the key of this mutation, whatever its input was; a conflict when it is another's. */
export async function findKept(asked: Asked): Promise<Kept | undefined> {
  const kept = asked.key === null ? undefined : await read(db, asked.owner, asked.key);
  if (kept !== undefined && kept.operation !== asked.operation)
    throw new IdempotencyConflict(kept.operation, asked);
  return kept;
}

/** The answer that is kept; a conflict when it answers another input. Its form is the operation's own, which `Answer` names. */
export function answerOf<Answer>(kept: Kept, asked: Asked): Answer {
  if (kept.fingerprint !== fingerprintOf(asked)) throw new IdempotencyConflict(kept.operation, asked);
  return kept.answer as Answer;
}

/**
 * Creates something at most once for each key, and resolves to the answer of the one time that it was created.
 *
 * The key's row is the first thing that the transaction writes. A twin that comes meanwhile waits there until this one has ended,
 * and then reads its answer; when nothing came of it, no row stays, and the twin creates. `prepare` has everything that needs
 * no transaction: the checks, other reads, files. A repeat that comes later does not even get there, because
 * what was right then need not be right any more.
 */
export async function createOnce<Answer>(
  asked: Asked,
  prepare: () => Promise<Creation<Answer>>,
): Promise<Answer> {
  const first = await findKept(asked);
  if (first !== undefined) return answerOf<Answer>(first, asked);

  const create = await prepare();
  const answer = await db.transaction(async (tx) => {
    const twin = await claim(tx, asked);
    if (twin !== undefined) return answerOf<Answer>(twin, asked);
    const made = await create(tx);
    if (asked.key !== null)
      await tx.update(idempotencyKeys).set({ answer: made }).where(isTheirs(asked.owner, asked.key));
    failpoint('create.before-commit');
    return made;
  });
  failpoint('create.after-commit');
  return answer;
}

/** Makes the key ours until `tx` ends, or resolves to what somebody else keeps under it. */
async function claim(tx: Tx, asked: Asked): Promise<Kept | undefined> {
  const { owner, key, operation } = asked;
  if (key === null) return;
  const { count } = await tx
    .insert(idempotencyKeys)
    .values({ owner, key, operation, fingerprint: fingerprintOf(asked), answer: sql`'null'::jsonb` })
    .onConflictDoNothing();
  if (count === 1) return;
  // Not there any more: it was forgotten in this moment, and is free again.
  return (await read(tx, owner, key)) ?? claim(tx, asked);
}

/** Forgets the keys that are older than they are kept. Resolves to how many there were. */
export async function forgetOldKeys(): Promise<number> {
  const isOld = lt(idempotencyKeys.createdAt, sql`now() - make_interval(hours => ${KEPT_HOURS})`);
  return (await db.delete(idempotencyKeys).where(isOld)).count;
}
