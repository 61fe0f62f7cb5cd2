import { and, inArray, isNotNull } from 'drizzle-orm';
import { type Grid, generationLoras, generations } from '#schema/generation.ts';
import { db } from '../db.ts';

/** What stands on an axis of LoRAs; `name` is null where none does. */
export type GridLora = { loraId: string | null; name: string | null };
/** A grid as it is told, with what its LoRAs were called. */
export type NamedGrid = Omit<Grid, 'loras'> & { loras: GridLora[] | null };

const NONE: GridLora = { loraId: null, name: null };

/** Of each generation, in the order of `jobIds`; null of a batch. */
export async function gridsOfJobs(jobIds: readonly string[]): Promise<(NamedGrid | null)[]> {
  const grids = await db
    .select({ jobId: generations.jobId, grid: generations.grid })
    .from(generations)
    .where(and(inArray(generations.jobId, [...jobIds]), isNotNull(generations.grid)));
  const named = await namesIn(grids.filter(({ grid }) => grid?.loras != null).map(({ jobId }) => jobId));
  const byJob = new Map(grids.map(({ jobId, grid }) => [jobId, grid]));
  return jobIds.map((jobId) => {
    const grid = byJob.get(jobId) ?? null;
    return (
      grid && {
        ...grid,
        loras: grid.loras?.map((position) => named.get(`${jobId}/${position}`) ?? NONE) ?? null,
      }
    );
  });
}

async function namesIn(jobIds: string[]): Promise<Map<string, GridLora>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db.select().from(generationLoras).where(inArray(generationLoras.jobId, jobIds));
  return new Map(rows.map((row) => [`${row.jobId}/${row.position}`, row]));
}
