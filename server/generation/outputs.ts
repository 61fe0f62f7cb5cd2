import { and, asc, count, eq, getTableColumns, inArray, isNull, sql } from 'drizzle-orm';
import { type Grid, generationImages, generations, outputLoras, outputs } from '#schema/generation.ts';
import { db, one, type Tx } from '../db.ts';
import { InvalidInput, isId } from '../errors.ts';
import { outputKey } from '../storage/keys.ts';
import type { StoredFile } from '../storage/storage.ts';

/** With what it was really made with. */
export type Output = typeof outputs.$inferSelect & {
  prompt: string;
  negativePrompt: string;
  grid: Grid | null;
};

/** So many may be chosen at once: to be deleted, or to be put in one ZIP. */
const MAX_CHOSEN = 500;

/** Those of the caller's ids that can be ids at all, each once, in their order. */
export function chosenIds(ids: readonly string[]): string[] {
  if (ids.length <= MAX_CHOSEN) return [...new Set(ids.filter(isId))];
  const message = `It may have at most ${MAX_CHOSEN} ids; it has ${ids.length}.`;
  throw new InvalidInput([{ field: 'ids', message }]);
}

/** Writes an image, and the LoRAs that it was made with. Nobody can delete these meanwhile: their job is open. */
export async function addOutput(tx: Tx, values: typeof outputs.$inferInsert) {
  const { id } = one(await tx.insert(outputs).values(values).returning({ id: outputs.id }));
  await tx.execute(sql`
    insert into ${outputLoras} (lora_id, output_id)
    select distinct uses.lora_id, ${id}::uuid
    from generation_images image, jsonb_to_recordset(image.loras) as used(position int)
    join generation_loras uses on uses.position = used.position
    where image.job_id = ${values.jobId} and image.index = ${values.index} and uses.job_id = ${values.jobId}
      and uses.lora_id is not null`);
}

export const selectOutputs = () =>
  db
    .select({
      ...getTableColumns(outputs),
      prompt: generationImages.prompt,
      negativePrompt: generationImages.negativePrompt,
      grid: generations.grid,
    })
    .from(outputs)
    .innerJoin(generations, eq(generations.jobId, outputs.jobId))
    .innerJoin(
      generationImages,
      and(eq(generationImages.jobId, outputs.jobId), eq(generationImages.index, outputs.index)),
    )
    .$dynamic();

export const outputsByIds = (ids: readonly string[]): Promise<Output[]> =>
  selectOutputs().where(inArray(outputs.id, [...ids]));

/** Of each generation, in the order of `jobIds`: the images that are there, by index. Those in the trash are not. */
export async function outputsOfJobs(jobIds: readonly string[]): Promise<Output[][]> {
  const rows = await selectOutputs()
    .where(and(inArray(outputs.jobId, [...jobIds]), isNull(outputs.deletedAt)))
    .orderBy(asc(outputs.index));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) => byJob.get(id) ?? []);
}

/** Null when it is in the trash, or not there. */
export async function outputAt(jobId: string, index: number): Promise<Output | null> {
  const [output] = await selectOutputs().where(
    and(eq(outputs.jobId, jobId), eq(outputs.index, index), isNull(outputs.deletedAt)),
  );
  return output ?? null;
}

/** Of each character, in the order of `characterIds`: how many of its images are kept. */
export async function outputCountsOf(characterIds: readonly string[]): Promise<number[]> {
  const rows = await db
    .select({ id: outputs.characterId, count: count() })
    .from(outputs)
    .where(and(inArray(outputs.characterId, [...characterIds]), isNull(outputs.deletedAt)))
    .groupBy(outputs.characterId);
  const counts = new Map(rows.map((row) => [row.id, row.count]));
  return characterIds.map((id) => counts.get(id) ?? 0);
}

/** Also one that is in the trash, from which it can be looked at and taken back. */
export async function findOutput(id: string): Promise<Output | null> {
  const [output] = isId(id) ? await outputsByIds([id]) : [];
  return output ?? null;
}

/** In the order of `ids`; those that nothing has are left out. */
export async function outputsInOrder(ids: readonly string[]): Promise<Output[]> {
  const byId = new Map((await outputsByIds(ids)).map((output) => [output.id, output]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** In the order of `ids`. Those that nothing has, and those in the trash, are passed over. */
export async function setFavourite(ids: readonly string[], isFavourite: boolean): Promise<Output[]> {
  const known = chosenIds(ids);
  const changed = await db
    .update(outputs)
    .set({ isFavourite })
    .where(and(inArray(outputs.id, known), isNull(outputs.deletedAt)))
    .returning({ id: outputs.id });
  return outputsInOrder(known.filter((id) => changed.some((output) => output.id === id)));
}

export async function outputFile(id: string): Promise<StoredFile | null> {
  const output = await findOutput(id);
  if (output === null) return null;
  const { sha256, seed } = output;
  return { key: outputKey(output), sha256, type: 'image/png', name: `isengard-${seed}.png` };
}
