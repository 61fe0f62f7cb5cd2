import { and, arrayContains, asc, not } from 'drizzle-orm';
import { workers } from '#schema/jobs.ts';
import { db } from '../db.ts';
import type { EngineHealth } from '../engines/engine.ts';
import { IS_LOST } from './workers.ts';

/** Those who live and run the jobs of a queue: what they say of its engine, and which GPU they have. */
export async function serversOf(queue: string) {
  const { engineReports, gpuName, gpuMemoryBytes } = workers;
  const rows = await db
    .select({ engineReports, gpuName, gpuMemoryBytes })
    .from(workers)
    .where(and(not(IS_LOST), arrayContains(workers.engines, [queue])))
    .orderBy(asc(workers.id));
  return rows.map(({ engineReports: reports, ...gpu }) => ({
    ...gpu,
    report: reports.find((report) => report.queue === queue) ?? null,
  }));
}

/** How the engine of a queue is, as those say who run it: well when it is with one of them. */
export async function healthNow(queue: string): Promise<EngineHealth> {
  const reports = (await serversOf(queue)).map(({ report }) => report).filter((report) => report !== null);
  const { isHealthy, message } = reports.find((report) => report.isHealthy) ??
    reports[0] ?? { isHealthy: false, message: 'No worker runs it.' };
  return { isHealthy, message };
}
