import { setTimeout as pause } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { isConnectionLost, isTooBusy } from '../db-errors.ts';
import { log } from '../log.ts';
import type { Job, JobDetails } from './jobs.ts';
import type { StopReason } from './lease.ts';
import type { Message } from './queue.ts';
import { heldBy, type JobRecord, recordJob } from './record.ts';

/** One try of a worker at a job. Its number is the fencing token. */
export type Attempt = {
  job: JobDetails;
  message: Message;
  number: number;
  /** Aborts with a `StopReason` when the attempt is to end early. It keeps its first reason. */
  signal: AbortSignal;
  /** Of the worker. */
  shutdown: AbortSignal;
  /**
   * Records what happened and runs `write` in the same transaction, under the lock of the job's row. Throws `LeaseLost`
   * when the job is not the caller's any more; nothing is written then. While the database is away it waits and tries again,
   * so `write` may run more than once; it is in effect once.
   */
  record(record: Omit<JobRecord, 'where'>, write?: (tx: Tx) => Promise<unknown>): Promise<Job>;
};

/** Another worker has the job, it has ended, or it is gone. */
export class LeaseLost extends Error {}

const AGAIN_MS = 500;

type Signals = Pick<Attempt, 'signal' | 'shutdown'>;

/** While the database is away, `work` is tried again, unless the attempt is lost or its worker shuts down. */
export async function persistently<Result>(
  { signal, shutdown }: Signals,
  work: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isAway = isConnectionLost(error) || isTooBusy(error);
      const isLost = signal.aborted && signal.reason === ('lost' satisfies StopReason);
      if (!isAway || isLost || shutdown.aborted) throw error;
      log.warn({ error }, 'The database is away or busy, trying again');
      await pause(AGAIN_MS);
    }
  }
}

export function recorderOf(job: Job, number: number, signals: Signals): Attempt['record'] {
  const isOurs = and(eq(jobs.id, job.id), heldBy(number));
  // Only who holds the attempt writes its history, one after the other: so we know the number of its newest event.
  let lastSeq = job.lastSeq;
  let writing: Promise<unknown> = Promise.resolve();

  function record(entry: Omit<JobRecord, 'where'>, write?: (tx: Tx) => Promise<unknown>) {
    let isUncertain = false;
    return persistently(signals, async () => {
      if (isUncertain) {
        // The connection broke before the commit was confirmed. It may have been done all the same.
        const [row] = await db.select().from(jobs).where(isOurs);
        if (row !== undefined && row.lastSeq > lastSeq) return row;
      }
      isUncertain = true;
      return db.transaction(async (tx) => {
        const changed = await recordJob(tx, job.id, { ...entry, where: heldBy(number) });
        if (changed === undefined) throw new LeaseLost('This job is not ours any more.');
        await write?.(tx);
        return changed;
      });
    });
  }

  return (entry, write) => {
    const turn = writing.then(async () => {
      const changed = await record(entry, write);
      lastSeq = changed.lastSeq;
      return changed;
    });
    writing = turn.catch(() => {});
    return turn;
  };
}
