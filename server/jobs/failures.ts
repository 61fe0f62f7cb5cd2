import type { JobFailure } from '#schema/jobs.ts';
import { env } from '../env.ts';
import { UserError } from '../errors.ts';
import { storage } from '../storage/volume.ts';
import type { Job } from './jobs.ts';
import { asText } from './record.ts';

/** What is to be done about an attempt that failed. */
export type Verdict =
  /** Tried again after so many seconds. */
  | { kind: 'retry'; failure: JobFailure; seconds: number }
  /** Waits until what is in its way is gone; no fault of the job, so it does not count. */
  | { kind: 'hold'; hold: JobFailure }
  | { kind: 'fail'; failure: JobFailure };

type Failure = JobFailure & { canRetry: boolean };

/** Engines throw `EngineFailure`. This slice does not know engines, so it knows a failure by its fields. */
const isFailure = (error: unknown): error is Error & Failure =>
  error instanceof Error && 'code' in error && 'advice' in error && 'canRetry' in error;

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && ['ENOSPC', 'EDQUOT', 'DISK_FULL'].includes(String(error.code))) ||
    isDiskFull(error.cause));

const DISK_FULL = {
  code: 'DISK_FULL',
  message: 'The volume is full.',
  advice: `Free some space. The job goes on by itself from where it was when ${env.MIN_FREE_MB} MB are free.`,
};

const NO_SPACE = {
  code: 'DISK_FULL',
  message: 'A file could not be written: there is no space, or the quota is used up.',
  advice: `Free some space or raise the quota. ${env.MIN_FREE_MB} MB were free, so the job did not wait for more.`,
  canRetry: true,
};

function failureOf(error: unknown): Failure {
  if (isFailure(error)) {
    const { code, message, advice, canRetry, suggestion = null } = error;
    return { code, message: asText(message), advice: advice && asText(advice), canRetry, suggestion };
  }
  if (error instanceof UserError)
    return { code: error.code, message: error.message, advice: null, canRetry: false };
  const message =
    'Something went wrong in Isengard itself. The worker log says what, under this correlation id.';
  return { code: 'INTERNAL', message, advice: null, canRetry: true };
}

const MEGABYTE = 1e6;

/** Whether the volume is as full as that a job waits for space. */
export const isVolumeFull = async () => (await storage.freeBytes()) < env.MIN_FREE_MB * MEGABYTE;

/** First try, and one more for each delay. What a worker handed back in order, on its shutdown, does not count. */
export async function verdictOn(job: Pick<Job, 'failures'>, error: unknown): Promise<Verdict> {
  const isFull = isDiskFull(error);
  // With space left it was a quota, a file larger than that, or another disk, which an engine tells in its own words. Nobody
  // could tell when it may go on, so it counts.
  if (isFull && (await isVolumeFull())) return { kind: 'hold', hold: DISK_FULL };
  const { canRetry, ...failure } = isFull && !isFailure(error) ? NO_SPACE : failureOf(error);
  const seconds = env.RETRY_SECONDS[job.failures];
  return canRetry && seconds !== undefined ? { kind: 'retry', failure, seconds } : { kind: 'fail', failure };
}

/** What befell an attempt that no engine has a name for. The next one may end differently. */
abstract class AttemptFailure extends Error {
  abstract readonly code: string;
  abstract readonly advice: string;
  readonly canRetry = true;
}

export class WorkerLost extends AttemptFailure {
  readonly code = 'WORKER_LOST';
  readonly advice = 'Look into the log of the worker and of its machine: it may run out of memory.';

  constructor() {
    super('The worker that ran it was lost.');
  }
}

export class EngineEndedEarly extends AttemptFailure {
  readonly code = 'OUTPUT_MISSING';
  readonly advice = 'Look into the log of the job for what the engine said last.';

  constructor() {
    super('The engine ended without all that it was to make.');
  }
}

export class EngineStalled extends AttemptFailure {
  readonly code = 'ENGINE_STALLED';
  readonly advice = 'Look into the log of the job for what the engine did last.';

  constructor() {
    super(`The engine told nothing for ${env.STALL_SECONDS} s.`);
  }
}
