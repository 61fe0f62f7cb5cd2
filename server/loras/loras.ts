import { and, eq, ilike, inArray, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { characters } from '#schema/characters.ts';
import { generationLoras } from '#schema/generation.ts';
import { jobs } from '#schema/jobs.ts';
import { loras } from '#schema/loras.ts';
import { type ConnectionArgs, keysetConnection } from '../connection.ts';
import { db, one, type Tx } from '../db.ts';
import { isId, NotFound, parseInput, UserError } from '../errors.ts';
import { cancelJob, type Job } from '../jobs/jobs.ts';
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

async function getLora(id: string): Promise<Lora> {
  const lora = await findLora(id);
  if (lora === null) throw new NotFound('lora', id);
  return lora;
}

type ListLorasArgs = ConnectionArgs & { characterId?: string | null; search?: string | null };

export const listLoras = ({ characterId, search, ...args }: ListLorasArgs) => {
  const pattern = `%${search?.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return keysetConnection<Lora>({
    args,
    order: [{ column: loras.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(loras)
        .where(
          and(
            characterId ? eq(loras.characterId, characterId) : undefined,
            search?.trim() ? or(ilike(loras.name, pattern), ilike(loras.triggerWord, pattern)) : undefined,
            where,
          ),
        )
        .orderBy(...orderBy)
        .limit(limit),
  });
};

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

const RenameLora = z.object({
  name: z.string().trim().min(1, 'Must not be empty.').max(100, 'Must have at most 100 characters.'),
});

export async function renameLora({ loraId, ...input }: { loraId: string; name: string }): Promise<Lora> {
  const { name } = parseInput(RenameLora, input);
  await getLora(loraId);
  const [renamed] = await db.update(loras).set({ name }).where(eq(loras.id, loraId)).returning();
  if (renamed === undefined) throw new NotFound('lora', loraId);
  return renamed;
}

const openJobsWith = (loraId: string) =>
  db
    .selectDistinct({ job: jobs })
    .from(generationLoras)
    .innerJoin(jobs, eq(jobs.id, generationLoras.jobId))
    .where(and(eq(generationLoras.loraId, loraId), inArray(jobs.state, ['queued', 'running'])));

/** Refused while a job uses it. With `force` these jobs are cancelled; the images made with it stay. */
export async function deleteLora({ loraId, force }: { loraId: string; force: boolean }): Promise<Lora> {
  await getLora(loraId);
  const using = (await openJobsWith(loraId)).map(({ job }) => job);
  if (using.length > 0 && !force) throw new LoraInUse(using);
  await Promise.allSettled(using.map(({ id }) => cancelJob(id)));
  return db.transaction(async (tx) => {
    const [deleted] = await tx.delete(loras).where(eq(loras.id, loraId)).returning();
    if (deleted === undefined) throw new NotFound('lora', loraId);
    await removeFiles(tx, [loraKey(deleted), loraCardKey(deleted)]);
    return deleted;
  });
}

export async function loraFile(id: string): Promise<StoredFile | null> {
  const lora = await findLora(id);
  if (lora === null) return null;
  const { sha256, name } = lora;
  return { key: loraKey(lora), sha256, type: 'application/octet-stream', name: `${name}.safetensors` };
}
