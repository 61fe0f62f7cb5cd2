import { and, asc, inArray, isNotNull, sql } from 'drizzle-orm';
import { generationImages, generationLoras, outputs } from '#schema/generation.ts';
import { db } from '../db.ts';

export type LoraUse = { loraId: string | null; name: string; strength: number };
/** Of each generation, in the order of `jobIds`: the LoRAs of its stack, in the order in which they are applied. */
export async function loraUsesOfJobs(jobIds: readonly string[]): Promise<LoraUse[][]> {
  const rows = await db
    .select()
    .from(generationLoras)
    .where(and(inArray(generationLoras.jobId, [...jobIds]), isNotNull(generationLoras.strength)))
    .orderBy(asc(generationLoras.position));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobIds.map((id) =>
    (byJob.get(id) ?? []).flatMap(({ loraId, name, strength }) =>
      strength === null ? [] : [{ loraId, name, strength }],
    ),
  );
}

/** Of each output, in the order of `ids`: the LoRAs that it was made with, in the order in which they were applied. */
export async function loraUsesOfOutputs(ids: readonly string[]): Promise<LoraUse[][]> {
  const rows = await db.execute<LoraUse & { id: string }>(sql`
    select ${outputs.id} as id, ${generationLoras.loraId} as "loraId", ${generationLoras.name} as name, used.strength
    from ${outputs}
    join ${generationImages} on ${generationImages.jobId} = ${outputs.jobId} and ${generationImages.index} = ${outputs.index}
    cross join lateral rows from (jsonb_to_recordset(${generationImages.loras}) as (position int, strength float8))
      with ordinality as used(position, strength, place)
    join ${generationLoras} on ${generationLoras.jobId} = ${outputs.jobId} and ${generationLoras.position} = used.position
    where ${outputs.id} = any(${sql.param([...ids])}::uuid[])
    order by used.place`);
  const byOutput = Map.groupBy(rows, ({ id }) => id);
  return ids.map((id) => byOutput.get(id) ?? []);
}
