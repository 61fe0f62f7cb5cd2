import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { withTrace } from '../correlation.ts';
import { db, type Tx } from '../db.ts';
import { hear } from '../doorbell.ts';
import { log } from '../log.ts';
import { storage } from '../storage/volume.ts';
import { findJob, heldBy, type Job, type JobDetails, type JobRecord, jobTopic, notStopping, recordJob, stateEvent } from './jobs.ts';
import { completeMessage, type Message, returnMessage, touch } from './queue.ts';

/** First try and three more (PRODUCT F2). */
const MAX_ATTEMPTS = 4;
/** Well below the queue's heartbeat limit of 10 s, so that one slow beat loses nothing. */
const HEARTBEAT_MS = 3000;

/** Why a run has to stop before its end. */
export type StopReason = 'cancelled' | 'lost' | 'shutdown';

/** What a handler is given: the job as it was taken, and the only door through which it writes. */
export type JobRun = {
  job: JobDetails;
  signal: AbortSignal;
  /** An empty folder of this attempt's own, on the volume's file system; removed after its end is recorded. */
  workDir: string;
  /**
   * Records what happened and runs `write` in the same transaction, under the lock of the job's row. Throws `LeaseLost`
   * when the job is not the caller's any more; nothing is written then.
   */
  record(record: Omit<JobRecord, 'where'>, write?: (tx: Tx) => Promise<unknown>): Promise<Job>;
};

/** Does the work and resolves to what is written together with COMPLETED. Returns early when `run.signal` aborts. */
export type Handler = (run: JobRun) => Promise<(tx: Tx) => Promise<unknown>>;

/** Another worker has the job, it has ended, or it is gone. */
export class LeaseLost extends Error {}

type Failure = { code: string; message: string; advice: string | null; canRetry: boolean };

/** Engines throw `EngineFailure`. This slice does not know engines, so it knows a failure by its fields. */
const failureOf = (error: unknown): Failure =>
  error instanceof Error && 'code' in error && 'advice' in error && 'canRetry' in error
    ? (error as Error & Failure)
    : {
        code: 'INTERNAL',
        message: 'Something went wrong in Isengard itself. The worker log says what, under this correlation id.',
        advice: null,
        canRetry: true,
      };

/** Takes the job of a message, runs it, and records how it ended. `shutdown` hands it back to the queue. */
export async function runJob(options: {
  message: Message;
  workerId: string;
  handlerOf: (job: Job) => Handler;
  shutdown: AbortSignal;
}) {
  const { message, workerId, handlerOf, shutdown } = options;
  const attempt = message.retryCount + 1;
  const job = await takeJob(message, attempt, workerId);
  if (job === null) return void (await completeMessage(message));

  const held = heldBy(attempt);
  await withTrace({ correlationId: job.correlationId, jobId: job.id }, async () => {
    const stop = new AbortController();
    const release = watch(message, attempt, stop, shutdown);
    const record: JobRun['record'] = (entry, write) =>
      db.transaction(async (tx) => {
        const changed = await recordJob(tx, job.id, { ...entry, where: held });
        if (changed === undefined) throw new LeaseLost('This job is not ours any more.');
        await write?.(tx);
        return changed;
      });

    log.info({ kind: job.kind, attempt }, 'Job started');
    try {
      await using folder = await storage.temporaryFolder(`${job.id}-${attempt}`);
      const finish = await handlerOf(job)({ job, signal: stop.signal, workDir: folder.path, record });
      stop.signal.throwIfAborted();
      const completed = await complete(job, message, attempt, finish);
      if (!completed) await settle('cancelled', undefined);
    } catch (error) {
      if (error instanceof LeaseLost) stop.abort('lost' satisfies StopReason);
      await settle(stop.signal.aborted ? (stop.signal.reason as StopReason) : undefined, error);
    } finally {
      release();
    }

    async function settle(reason: StopReason | undefined, error: unknown) {
      if (reason === 'lost') return log.warn('The job went to another worker or is gone; nothing more is written');
      const failure = failureOf(error);
      if (reason === undefined) log.error({ error, code: failure.code }, 'Job attempt failed');
      const isAgain = reason === 'shutdown' || (reason === undefined && failure.canRetry && attempt < MAX_ATTEMPTS);
      if (isAgain) return handBack(reason === undefined ? failure : null);
      const { code, message: text, advice } = failure;
      const end =
        reason === 'cancelled'
          ? ({ state: 'cancelled', failure: null } as const)
          : ({ state: 'failed', failure: { code, message: text, advice } } as const);
      await record(
        { set: { ...end, stage: null, stepsPerSecond: null, finishedAt: new Date() }, events: [stateEvent({ ...end, attempt })] },
        (tx) => completeMessage(message, tx),
      );
      log.info({ state: end.state }, 'Job ended');
    }

    async function handBack(failure: Failure | null) {
      const set = { state: 'queued', stage: null, workerId: null, stepsPerSecond: null } as const;
      const logs = failure ? [{ level: 'error' as const, message: `Attempt ${attempt} failed: ${failure.message}` }] : [];
      await record({ set, events: [stateEvent({ state: 'queued', attempt, failure: null })], logs }, (tx) =>
        returnMessage(message, tx),
      );
      log.info('Job handed back to the queue');
    }
  });
}

/** Null when there is nothing to run: the job has ended or is gone, or was taken under a later attempt. */
async function takeJob(message: Message, attempt: number, workerId: string): Promise<JobDetails | null> {
  const taken = await db.transaction((tx) =>
    recordJob(tx, message.id, {
      where: and(inArray(jobs.state, ['queued', 'running']), lt(jobs.attempt, attempt)),
      set: { state: 'running', attempt, workerId, startedAt: sql`coalesce(${jobs.startedAt}, now())` },
      events: [stateEvent({ state: 'running', attempt, failure: null })],
    }),
  );
  return taken === undefined ? null : findJob(message.id);
}

/** The last word: COMPLETED and the results, unless a stop was asked for before. */
const complete = (job: Job, message: Message, attempt: number, finish: (tx: Tx) => Promise<unknown>) =>
  db.transaction(async (tx) => {
    const completed = await recordJob(tx, job.id, {
      where: and(heldBy(attempt), notStopping),
      set: { state: 'completed', step: sql`${jobs.steps}`, stage: null, stepsPerSecond: null, finishedAt: new Date() },
      events: [stateEvent({ state: 'completed', attempt, failure: null })],
    });
    if (completed === undefined) return false;
    await finish(tx);
    await completeMessage(message, tx);
    log.info({ state: 'completed' }, 'Job ended');
    return true;
  });

/** Keeps the lease alive, and aborts the run when it is lost, when a stop is asked for, or when the worker shuts down. */
function watch(message: Message, attempt: number, stop: AbortController, shutdown: AbortSignal) {
  const abort = (reason: StopReason) => stop.abort(reason);
  const onShutdown = () => abort('shutdown');
  if (shutdown.aborted) onShutdown();
  shutdown.addEventListener('abort', onShutdown);

  async function look() {
    const [row] = await db
      .select({ cancelRequestedAt: jobs.cancelRequestedAt })
      .from(jobs)
      .where(and(eq(jobs.id, message.id), heldBy(attempt)));
    if (row === undefined) abort('lost');
    else if (row.cancelRequestedAt !== null) abort('cancelled');
  }
  async function beat() {
    if (!(await touch(message))) abort('lost');
    await look();
  }
  // A look that fails (the database is away) is repeated by the next beat; the lease decides.
  const quietly = (looking: Promise<void>) =>
    void looking.catch((error: unknown) => log.warn({ error }, 'Cannot look after the lease, trying again'));
  const unhear = hear((topic) => {
    if (topic === null || topic === jobTopic(message.id)) quietly(look());
  });
  const heart = setInterval(() => quietly(beat()), HEARTBEAT_MS);
  quietly(look());

  return () => {
    clearInterval(heart);
    unhear();
    shutdown.removeEventListener('abort', onShutdown);
  };
}
