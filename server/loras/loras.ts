import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { characters } from '#schema/characters.ts';
import { generationLoras } from '#schema/generation.ts';
import { jobs } from '#schema/jobs.ts';
import { loras } from '#schema/loras.ts';
import { type ConnectionArgs, isAmong, keysetConnection, matchesId, matchesSearch } from '../connection.ts';
import { db, one, type Tx } from '../db.ts';
import { isId, isStorable, NotFound, UserError } from '../errors.ts';
import { cancelJob } from '../jobs/cancel.ts';
import type { Job } from '../jobs/jobs.ts';
import { removeFiles } from '../jobs/queue.ts';
import { loraCardKey, loraKey } from '../storage/keys.ts';
import type { StoredFile } from '../storage/storage.ts';

export type Lora = typeof loras.$inferSelect;

export class LoraInUse extends UserError {
  readonly code = 'LORA_IN_USE';
  readonly jobs: Job[];

  constructor(jobs: Job[]) {
    super(
      `${jobs.length === 1 ? 'A job that waits or runs uses' : `${jobs.length} jobs that wait or run use`} this LoRA.`,
    );
    this.jobs = jobs;
  }
}

/** Rows come out as many as there are, in any order: loaders put them in theirs. */
export const lorasByIds = (ids: readonly string[]) =>
  db
    .select()
    .from(loras)
    .where(inArray(loras.id, [...ids]));

export async function findLora(id: string): Promise<Lora | null> {
  const [lora] = isId(id) ? await lorasByIds([id]) : [];
  return lora ?? null;
}

export async function getLora(id: string): Promise<Lora> {
  const lora = await findLora(id);
  if (lora === null) throw new NotFound('lora', id);
  return lora;
}

type ListLorasArgs = ConnectionArgs & {
  characterId?: string | null;
  origin?: Lora['origin'] | null;
  family?: string | null;
  search?: string | null;
};

export const listLoras = ({ characterId, origin, family, search, ...args }: ListLorasArgs) =>
  keysetConnection<Lora>({
    args,
    order: [{ column: loras.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(loras)
        .where(
          and(
            matchesId(loras.characterId, characterId),
            origin == null ? undefined : eq(loras.origin, origin),
            family == null ? undefined : isStorable(family) ? eq(loras.family, family) : sql`false`,
            matchesSearch([loras.name, loras.triggerWord], search),
            where,
          ),
        )
        .orderBy(...orderBy)
        .limit(limit),
  });

/** The next version of this character's LoRA: counted up under the row's lock and never given again. */
export async function takeVersion(tx: Tx, characterId: string): Promise<number> {
  const { version } = one(
    await tx
      .update(characters)
      .set({ lastLoraVersion: sql`${characters.lastLoraVersion} + 1` })
      .where(eq(characters.id, characterId))
      .returning({ version: characters.lastLoraVersion }),
  );
  return version;
}

export const addLora = async (tx: Tx, lora: typeof loras.$inferInsert) =>
  one(await tx.insert(loras).values(lora).returning());

/**
 * The LoRAs with these ids, kept from being deleted until `tx` ends, because a job of it will use them. Its place is after
 * the characters (`lockCharacters`).
 */
export async function keepLoras(tx: Tx, ids: string[]) {
  const kept = await tx
    .select({ id: loras.id })
    .from(loras)
    .where(isAmong(loras.id, ids))
    .orderBy(loras.id)
    .for('key share');
  const missing = ids.find((id) => !kept.some((lora) => lora.id === id));
  if (missing !== undefined) throw new NotFound('lora', missing);
}

const usesOf = (tx: Tx, loraId: string) =>
  tx.select({ id: generationLoras.jobId }).from(generationLoras).where(eq(generationLoras.loraId, loraId));

/**
 * Refused while a job uses it. With `force` these jobs are cancelled; the images made with it stay. Looking and deleting are
 * under one lock, so no job starts in between; jobs cannot be cancelled under it, so then it is looked again.
 */
export async function deleteLora(input: { loraId: string; force: boolean }): Promise<Lora> {
  await getLora(input.loraId);
  for (;;) {
    const { lora, using } = await deleteUnusedLora(input);
    if (using.length === 0) return lora;
    if (!input.force) throw new LoraInUse(using);
    await Promise.all(using.map(({ id }) => cancelJob(id).catch(passOver)));
  }
}

/** One that ended or went meanwhile is what was wanted. */
function passOver(error: unknown) {
  if (!(error instanceof UserError)) throw error;
}

const deleteUnusedLora = ({ loraId, force }: { loraId: string; force: boolean }) =>
  db.transaction(async (tx) => {
    // Their rows lose the LoRA by its foreign key; whoever deletes them locks them before it, so this does too.
    await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(inArray(jobs.id, usesOf(tx, loraId)))
      .orderBy(jobs.id)
      .for('key share');
    const [lora] = await tx.select().from(loras).where(eq(loras.id, loraId)).for('update');
    if (lora === undefined) throw new NotFound('lora', loraId);
    // One that was asked to stop may take its time: it is CANCELLED in any case, and its file is read already or never.
    const isNeeded = and(
      inArray(jobs.state, ['queued', 'running']),
      force ? isNull(jobs.cancelRequestedAt) : undefined,
    );
    const using = await tx
      .select()
      .from(jobs)
      .where(and(inArray(jobs.id, usesOf(tx, loraId)), isNeeded));
    if (using.length > 0) return { lora, using };
    await tx.delete(loras).where(eq(loras.id, loraId));
    await removeFiles(tx, [loraKey(lora), loraCardKey(lora)]);
    return { lora, using };
  });

export async function loraFile(id: string): Promise<StoredFile | null> {
  const lora = await findLora(id);
  if (lora === null) return null;
  const { sha256, name } = lora;
  return { key: loraKey(lora), sha256, type: 'application/octet-stream', name: `${name}.safetensors` };
}
