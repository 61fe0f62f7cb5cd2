import { eq, sql } from 'drizzle-orm';
import { jobs, workers } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { log } from '../log.ts';
import { previewsKey } from '../storage/keys.ts';
import { closeAttempt } from './attempts.ts';
import { requeue } from './endings.ts';
import { verdictOn, WorkerLost } from './failures.ts';
import type { Job } from './jobs.ts';
import {
  isSilent,
  type Message,
  removeFiles,
  returnMessage,
  settle,
  silentMessages,
  unfetch,
} from './queue.ts';
import { AT_REST, heldBy, recordJob, stateEvent } from './record.ts';
import { IS_LOST, WORKERS_TOPIC } from './workers.ts';

const EVERY_MS = 1000;
/** Longer than a worker's heartbeats are apart. */
const WATCHED_MS = 4000;
/** A look that comes so late says that this process, or the database, stood still as well. */
const GAP_MS = 2500;

type Lease = Pick<Message, 'id' | 'queue' | 'retryCount'>;

/**
 * Looks every second for leases that nobody renews and gives their work to others. Every process of ours does it, so it also
 * happens when all workers are gone; each lease is found by one. It goes by silence that it has watched itself: after a
 * machine has slept, or the database hung, all leases have run out and nobody was lost.
 */
export function sweepLeases(): { stop(): Promise<void> } {
  const silentSince = new Map<string, number>();
  let lookedAt = performance.now();
  let lostWorkers = '';
  let sweeping: Promise<void> | null = null;

  async function sweep() {
    const silent = await silentMessages();
    const now = performance.now();
    if (now - lookedAt > GAP_MS) silentSince.clear();
    lookedAt = now;
    const names = new Set(silent.map(nameOf));
    for (const name of silentSince.keys()) if (!names.has(name)) silentSince.delete(name);
    for (const lease of silent) {
      const since = silentSince.get(nameOf(lease)) ?? now;
      silentSince.set(nameOf(lease), since);
      if (now - since >= WATCHED_MS) await tryToGiveUp(lease);
    }
    const lost = await db.select({ id: workers.id }).from(workers).where(IS_LOST).orderBy(workers.id);
    const lostNow = lost.map(({ id }) => id).join();
    if (lostNow !== lostWorkers) await ring(db, WORKERS_TOPIC);
    lostWorkers = lostNow;
  }

  const timer = setInterval(() => {
    // One look at a time: while the database hangs, no line of them forms.
    sweeping ??= sweep()
      .catch((error: unknown) => log.warn({ error }, 'Cannot look for lost work, trying again'))
      .finally(() => {
        sweeping = null;
      });
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}

const nameOf = ({ id, retryCount }: Lease) => `${id}:${retryCount}`;

/** One that cannot be given up now, because its holder was stopped with its row locked, keeps none of the others waiting. */
async function tryToGiveUp(lease: Lease) {
  try {
    await db.transaction((tx) => giveUp(tx, lease));
  } catch (error) {
    log.warn({ error, jobId: lease.id }, 'Cannot give up a lost lease, trying again');
  }
}

/** The job's row is locked before its message, as by everybody. */
async function giveUp(tx: Tx, lease: Lease) {
  await tx.execute(sql`set local lock_timeout = '1s'`);
  const [job] = await tx.select().from(jobs).where(eq(jobs.id, lease.id)).for('update');
  if (!(await isSilent(tx, lease))) return;
  // Fetched and never taken, or no job's message: nothing was done with it.
  const number = lease.retryCount + 1;
  if (job === undefined) return returnMessage(tx, { ...lease, seconds: 0 });
  if (job.state === 'queued') return unfetch(tx, { ...lease, seconds: 0 });
  if (job.state !== 'running' || job.attempt !== number) return settle(tx, lease);

  log.warn({ jobId: job.id, attempt: number, workerId: job.workerId }, 'The worker of a job was lost');
  if (job.cancelRequestedAt !== null) return end(tx, job, lease, { state: 'cancelled', failure: null });
  const verdict = await verdictOn(job, new WorkerLost());
  if (verdict.kind === 'fail') return end(tx, job, lease, { state: 'failed', failure: verdict.failure });
  await requeue(tx, { job, number, message: lease, verdict, outcome: 'lost' });
}

async function end(
  tx: Tx,
  job: Job,
  lease: Lease,
  how: { state: 'failed' | 'cancelled'; failure: Job['failure'] },
) {
  const number = job.attempt;
  const set = { ...AT_REST, ...how, finishedAt: sql`now()` };
  await recordJob(tx, job.id, {
    where: heldBy(number),
    set,
    events: [stateEvent({ ...how, attempt: number })],
  });
  await closeAttempt(tx, { jobId: job.id, number }, { outcome: 'lost', failure: how.failure });
  await removeFiles(tx, [previewsKey(job.id)]);
  await settle(tx, lease);
}
