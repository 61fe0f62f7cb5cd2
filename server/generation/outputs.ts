import { and, asc, eq, getTableColumns, inArray } from 'drizzle-orm';
import { type Grid, generationImages, generationLoras, generations, outputs } from '#schema/generation.ts';
import { jobs } from '#schema/jobs.ts';
import { type ConnectionArgs, keysetConnection, matchesId } from '../connection.ts';
import { db } from '../db.ts';
import { isId } from '../errors.ts';
import { outputKey } from '../storage/keys.ts';
import type { StoredFile } from '../storage/storage.ts';

/** With what it was really made with. */
export type Output = typeof outputs.$inferSelect & {
  prompt: string;
  negativePrompt: string;
  grid: Grid | null;
};

const selectOutputs = () =>
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

/** Of each generation, in the order of `jobIds`: the images made so far, by index. */
export async function outputsOfJobs(jobIds: readonly string[]): Promise<Output[][]> {
  const rows = await selectOutputs()
    .where(inArray(outputs.jobId, [...jobIds]))
    .orderBy(asc(outputs.index));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) => byJob.get(id) ?? []);
}

export async function outputAt(jobId: string, index: number): Promise<Output | null> {
  const [output] = await selectOutputs().where(and(eq(outputs.jobId, jobId), eq(outputs.index, index)));
  return output ?? null;
}

export async function findOutput(id: string): Promise<Output | null> {
  const [output] = isId(id) ? await outputsByIds([id]) : [];
  return output ?? null;
}

type ListOutputsArgs = ConnectionArgs & {
  characterId?: string | null;
  loraId?: string | null;
  generationId?: string | null;
};

export const listOutputs = ({ characterId, loraId, generationId, ...args }: ListOutputsArgs) => {
  const jobsOf =
    characterId != null &&
    db.select({ id: jobs.id }).from(jobs).where(matchesId(jobs.characterId, characterId));
  const jobsWith =
    loraId != null &&
    db
      .select({ id: generationLoras.jobId })
      .from(generationLoras)
      .where(matchesId(generationLoras.loraId, loraId));
  return keysetConnection<Output>({
    args,
    order: [{ column: outputs.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: ({ where, orderBy, limit }) =>
      selectOutputs()
        .where(
          and(
            jobsOf ? inArray(outputs.jobId, jobsOf) : undefined,
            jobsWith ? inArray(outputs.jobId, jobsWith) : undefined,
            matchesId(outputs.jobId, generationId),
            where,
          ),
        )
        .orderBy(...orderBy)
        .limit(limit),
  });
};

export async function outputFile(id: string): Promise<StoredFile | null> {
  const output = await findOutput(id);
  if (output === null) return null;
  const { sha256, seed } = output;
  return { key: outputKey(output), sha256, type: 'image/png', name: `isengard-${seed}.png` };
}
