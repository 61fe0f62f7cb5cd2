import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { allows, demand } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';
import { isAmong, matchesId } from '../connection.ts';
import { db, type Tx } from '../db.ts';
import { ringEach } from '../doorbell.ts';
import { UserError } from '../errors.ts';
import { previewsKey } from '../storage/keys.ts';
import { getJob, type Job, jobTopic, OPEN, queueOf, stopTopic } from './jobs.ts';
import { deleteMessages, removeFiles } from './queue.ts';
import { isOfQueue } from './queues.ts';
import { recordJobs } from './record.ts';

export class JobHasEnded extends UserError {
  readonly code = 'JOB_HAS_ENDED';
  readonly job: Job;

  constructor(job: Job) {
    super(`This job has ended already: it is ${job.state}.`);
    this.job = job;
  }
}

/**
 * A waiting job is cancelled here and now. A running one is asked to stop: its worker hears it within a second, saves
 * what it can, and only then is the job CANCELLED. Without a principal it is the product itself that does.
 */
export async function cancelJob(id: string, principal?: Principal): Promise<Job> {
  const { kind } = await getJob(id);
  // As for `downloadModel`.
  if (kind === 'download' && principal !== undefined) demand(principal, 'admin');
  const { cancelled, stopping } = await db.transaction(async (tx) =>
    endEach(tx, await lockOpen(tx, eq(jobs.id, id))),
  );
  const job = await getJob(id);
  if (cancelled + stopping === 0) throw new JobHasEnded(job);
  return job;
}

/** Before their rows are deleted: nobody starts them any more, and who runs them hears that they are gone. */
export async function endJobsOf(tx: Tx, ids: string[]) {
  if (ids.length === 0) return;
  const open = await lockOpen(tx, isAmong(jobs.id, ids));
  for (const [queue, group] of Map.groupBy(open, queueOf))
    await deleteMessages(
      tx,
      queue,
      group.map(({ id }) => id),
    );
  // Nobody follows one that has ended: it does not change.
  await ringEach(
    tx,
    open.flatMap(({ id }) => [jobTopic(id), stopTopic(id)]),
  );
}

type Chosen = { queue?: string | null; characterId?: string | null; includeRunning: boolean };

/** Ends all that wait here and now, and asks all that run to stop, as `cancelJob` does with one; thousands in a few statements. */
export async function cancelAllJobs(
  chosen: Chosen,
  principal: Principal,
): Promise<{ cancelled: number; stopping: number }> {
  const where = and(
    await isOfQueue(chosen.queue),
    matchesId(jobs.characterId, chosen.characterId),
    allows(principal, 'admin') ? undefined : ne(jobs.kind, 'download'),
  );
  return db.transaction(async (tx) => {
    const open = await lockOpen(tx, where);
    const isChosen = ({ state, cancelRequestedAt }: Job) =>
      state === 'queued' || (chosen.includeRunning && cancelRequestedAt === null);
    return endEach(tx, open.filter(isChosen));
  });
}

/** Their states stay as they are until `tx` ends: one that is just being handed back is waited for, and waits then. */
const lockOpen = (tx: Tx, where: SQL | undefined) =>
  tx
    .select()
    .from(jobs)
    .where(and(inArray(jobs.state, [...OPEN]), where))
    .orderBy(jobs.id)
    .for('update');

async function endEach(tx: Tx, open: Job[]): Promise<{ cancelled: number; stopping: number }> {
  const waiting = open.filter(({ state }) => state === 'queued');
  const running = open.filter(({ state }) => state === 'running').map(({ id }) => id);
  await recordJobs(tx, waiting, { state: 'cancelled', set: { finishedAt: sql`now()` } });
  for (const [queue, group] of Map.groupBy(waiting, queueOf))
    await deleteMessages(
      tx,
      queue,
      group.map(({ id }) => id),
    );
  const begun = waiting.filter(({ attempt }) => attempt > 0);
  await removeFiles(
    tx,
    begun.map(({ id }) => previewsKey(id)),
  );

  const cancelRequestedAt = sql`coalesce(${jobs.cancelRequestedAt}, now())`;
  await tx.update(jobs).set({ cancelRequestedAt }).where(isAmong(jobs.id, running));
  await ringEach(
    tx,
    running.flatMap((id) => [jobTopic(id), stopTopic(id)]),
  );
  return { cancelled: waiting.length, stopping: running.length };
}
