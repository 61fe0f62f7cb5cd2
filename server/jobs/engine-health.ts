import { and, arrayContains, asc, not } from 'drizzle-orm';
import { workers } from '#schema/jobs.ts';
import { db } from '../db.ts';
import type { EngineHealth } from '../engines/engine.ts';
import { IS_LOST } from './workers.ts';

/** How the engine of a queue is, as those say who run it: well when it is with one of them. */
export async function healthNow(queue: string): Promise<EngineHealth> {
  const rows = await db
    .select({ reports: workers.engineReports })
    .from(workers)
    .where(and(not(IS_LOST), arrayContains(workers.engines, [queue])))
    .orderBy(asc(workers.id));
  const reports = rows.flatMap((row) => row.reports).filter((report) => report.queue === queue);
  const { isHealthy, message } = reports.find((report) => report.isHealthy) ??
    reports[0] ?? { isHealthy: false, message: 'No worker runs it.' };
  return { isHealthy, message };
}
