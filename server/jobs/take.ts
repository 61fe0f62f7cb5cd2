import { and, eq, lt, sql } from 'drizzle-orm';
import { jobAttempts, jobs, queues, workers } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { HOLD_SECONDS } from './endings.ts';
import { isVolumeFull } from './failures.ts';
import { mayUseGpu } from './gpu-turn.ts';
import { findJob, type JobDetails } from './jobs.ts';
import { type Message, settle, unfetch } from './queue.ts';
import { AT_REST, recordJob, stateEvent } from './record.ts';
import { WORKERS_TOPIC, type Worker } from './workers.ts';

/**
 * Makes a fetched job the worker's, under its next attempt. Null when there is nothing to run: the job has ended or is gone or
 * was taken under a later attempt; or it stays in line, because its queue was paused, its worker is to take no more, or what it
 * waits for is not there yet.
 */
export async function takeJob(message: Message, number: number, worker: Worker): Promise<JobDetails | null> {
  if (await mustWait(message.id)) {
    await unfetch(db, { ...message, seconds: HOLD_SECONDS });
    return null;
  }
  const isTaken = await db.transaction(async (tx) => {
    if (!(await mayTake(tx, message, worker))) {
      await unfetch(tx, { ...message, seconds: 0 });
      return false;
    }
    const taken = await recordJob(tx, message.id, {
      where: and(eq(jobs.state, 'queued'), lt(jobs.attempt, number)),
      set: {
        ...AT_REST,
        state: 'running',
        attempt: number,
        workerId: worker.id,
        startedAt: sql`coalesce(${jobs.startedAt}, now())`,
      },
      events: [stateEvent({ state: 'running', attempt: number, failure: null })],
    });
    if (taken === undefined) {
      await settle(tx, message);
      return false;
    }
    await tx.insert(jobAttempts).values({ jobId: taken.id, number, workerId: worker.id, host: worker.host });
    await ring(tx, WORKERS_TOPIC);
    return true;
  });
  return isTaken ? findJob(message.id) : null;
}

/** Both rows stay as they are until `tx` ends: after `pauseQueue` or `drainWorker` has answered, nothing starts any more. */
async function mayTake(tx: Tx, { queue }: Message, worker: Worker): Promise<boolean> {
  if (!(await mayUseGpu(tx, worker, queue))) return false;
  const [line] = await tx.select().from(queues).where(eq(queues.name, queue)).for('share');
  const [taker] = await tx.select().from(workers).where(eq(workers.id, worker.id)).for('share');
  return line?.pausedAt == null && taker?.drainingAt == null;
}

/** A job that met a full disk does not try again before there is space. */
async function mustWait(jobId: string): Promise<boolean> {
  const [job] = await db.select({ hold: jobs.hold }).from(jobs).where(eq(jobs.id, jobId));
  return job?.hold != null && isVolumeFull();
}
