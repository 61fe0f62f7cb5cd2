import { sql } from 'drizzle-orm';
import { jobEvents } from '#schema/jobs.ts';
import type { GpuStats } from '#schema/training.ts';
import { db } from '../db.ts';

export type GpuReading = { at: Date; gpu: GpuStats };

/** What the GPU did from the first reading to the newest, in at most `points` of them: of each stretch the last one. */
export async function gpuHistoryOf(jobId: string, points: number): Promise<GpuReading[]> {
  const rows = await db.execute<{ at: string; gpu: GpuStats }>(sql`
    select distinct on (stretch) at, gpu from (
      select at, data -> 'gpu' as gpu, seq, ntile(${points}) over (order by seq) as stretch
      from ${jobEvents}
      where job_id = ${jobId} and type = 'progress' and jsonb_typeof(data -> 'gpu') = 'object'
    ) as readings
    order by stretch, seq desc`);
  return rows.map(({ at, gpu }) => ({ at: new Date(at), gpu }));
}
