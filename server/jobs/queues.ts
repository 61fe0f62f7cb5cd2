import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import { jobKind, jobs, queues } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { ring } from '../doorbell.ts';
import { isStorable, NotFound } from '../errors.ts';
import { followState } from '../follow-state.ts';
import { IS_LOST } from './workers.ts';

/** Rung when a queue is paused or goes on. */
export const QUEUES_TOPIC = 'queues';

/** A line of jobs: of one kind, for one engine. */
export type Queue = { name: string; pausedAt: Date | null; queued: number; running: number; workers: number };

/** All queues that there are, with the jobs in them, and the workers that take of them now. */
export async function listQueues(): Promise<Queue[]> {
  const isOf = sql`kind = split_part(queues.name, '.', 1)::job_kind and engine = split_part(queues.name, '.', 2)`;
  const rows = await db.execute<Omit<Queue, 'pausedAt'> & { pausedAt: string | null }>(sql`
    select queues.name, queues.paused_at as "pausedAt",
      (select count(*)::int from jobs where ${isOf} and state = 'queued') as queued,
      (select count(*)::int from jobs where ${isOf} and state = 'running') as running,
      (select count(*)::int from workers
       where queues.name = any(engines) and draining_at is null and not ${IS_LOST}) as workers
    from queues order by name`);
  return rows.map((row) => ({ ...row, pausedAt: row.pausedAt === null ? null : new Date(row.pausedAt) }));
}

/** All of them as they are, then after each pause or resumption. Never ends by itself. */
export const followQueues = () => followState({ topic: QUEUES_TOPIC, read: listQueues, isLast: () => false });

/** Nothing of a paused queue starts any more when this has answered; what runs goes on. */
export async function setPaused(name: string, isPaused: boolean): Promise<Queue> {
  if (!isStorable(name)) throw new NotFound('queue', name);
  const [changed] = await db.transaction(async (tx) => {
    const pausedAt = isPaused ? sql`coalesce(${queues.pausedAt}, now())` : null;
    await ring(tx, QUEUES_TOPIC);
    return tx.update(queues).set({ pausedAt }).where(eq(queues.name, name)).returning();
  });
  const queue = changed && (await listQueues()).find((one) => one.name === name);
  if (queue === undefined) throw new NotFound('queue', name);
  return queue;
}

export const pausedQueues = async (): Promise<string[]> =>
  (await db.select({ name: queues.name }).from(queues).where(isNotNull(queues.pausedAt))).map(
    ({ name }) => name,
  );

/** The filter of a list of jobs by the name of their queue; none without one. */
export async function isOfQueue(name: string | null | undefined): Promise<SQL | undefined> {
  if (name == null) return undefined;
  const [queue] = isStorable(name) ? await db.select().from(queues).where(eq(queues.name, name)) : [];
  if (queue === undefined) throw new NotFound('queue', name);
  return matchesQueue(name);
}

/** As `isOfQueue`, for a list: of a queue that does not exist it holds nothing. */
export function matchesQueue(name: string | null | undefined): SQL | undefined {
  if (name == null) return undefined;
  const [first, engine = ''] = name.split('.');
  const kind = jobKind.enumValues.find((known) => known === first);
  return kind === undefined || !isStorable(engine)
    ? sql`false`
    : and(eq(jobs.kind, kind), eq(jobs.engine, engine));
}
