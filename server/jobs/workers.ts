import { hostname } from 'node:os';
import { and, asc, eq, gt, lt, sql } from 'drizzle-orm';
import { jobs, workers } from '#schema/jobs.ts';
import { db, one } from '../db.ts';
import { info } from '../info.ts';
import { log } from '../log.ts';
import { type JobDetails, selectJobs, withDetails } from './jobs.ts';

export type Worker = typeof workers.$inferSelect;

const HEARTBEAT_MS = 5000;
/** A row that was not renewed for so long is taken for dead; after a day it is forgotten. */
const DEAD_AFTER = sql`interval '15 seconds'`;
const FORGOTTEN_AFTER = sql`interval '1 day'`;

/** Tells that this process works, and goes on telling until `leave`. */
export async function joinWorkers(engines: string[]) {
  const worker = { host: hostname(), pid: process.pid, version: info.version, engines };
  const { id } = one(await db.insert(workers).values(worker).returning());
  await db.delete(workers).where(lt(workers.lastSeenAt, sql`now() - ${FORGOTTEN_AFTER}`));
  const heart = setInterval(() => {
    db.update(workers)
      .set({ lastSeenAt: sql`now()` })
      .where(eq(workers.id, id))
      .catch((error: unknown) => log.warn({ error }, 'Cannot tell that this worker lives, trying again'));
  }, HEARTBEAT_MS);
  return {
    id,
    async leave() {
      clearInterval(heart);
      await db.delete(workers).where(eq(workers.id, id));
    },
  };
}

/** Those that live, the oldest first. */
export const liveWorkers = (): Promise<Worker[]> =>
  db
    .select()
    .from(workers)
    .where(gt(workers.lastSeenAt, sql`now() - ${DEAD_AFTER}`))
    .orderBy(asc(workers.id));

export async function jobOfWorker(workerId: string): Promise<JobDetails | null> {
  const rows = await selectJobs().where(and(eq(jobs.workerId, workerId), eq(jobs.state, 'running')));
  return withDetails(rows)[0] ?? null;
}
