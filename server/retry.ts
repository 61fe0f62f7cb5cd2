import { and, asc, eq, notExists } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { jobs } from '#schema/jobs.ts';
import { allows } from './auth/guard.ts';
import type { Principal } from './auth/principal.ts';
import { matchesId } from './connection.ts';
import { db } from './db.ts';
import { UserError } from './errors.ts';
import { isGeneration, prepareGenerationAgain } from './generation/generation.ts';
import { type Asked, type Creation, createOnce } from './idempotency.ts';
import { getJob, hasEnded, type JobDetails, JobHasNotEnded, jobsByIds } from './jobs/jobs.ts';
import { isOfQueue } from './jobs/queues.ts';
import { CannotDownload, isDownload, prepareDownloadAgain } from './models/models.ts';
import { QuotaExceeded } from './quotas.ts';
import { isTraining, prepareTrainingAgain } from './training/training.ts';

export const retryJob = async (id: string, asked: Asked, principal: Principal): Promise<JobDetails> =>
  getJob(await createOnce(asked, async () => prepareRetry(await getJob(id), principal)));

/** A state that has ended never changes, so trying again is a new job that names the old one. */
async function prepareRetry(job: JobDetails, principal: Principal): Promise<Creation<string>> {
  if (!hasEnded(job.state)) throw new JobHasNotEnded(job);
  if (isTraining(job)) return prepareTrainingAgain(job);
  if (isGeneration(job)) return prepareGenerationAgain(job.id, { newSeed: false, retryOfId: job.id });
  if (isDownload(job)) {
    // As for `downloadModel`.
    if (!allows(principal, 'admin'))
      throw new CannotDownload(job.download.modelId, 'To download models needs the scope admin.');
    return prepareDownloadAgain(job);
  }
  throw new Error(`Job ${job.id} is of a kind that cannot be retried.`);
}

const MOST = 100;

type Skipped = { jobId: string; code: string; message: string };
type Answer = { jobIds: string[]; skipped: Skipped[] };
type Chosen = { queue?: string | null; characterId?: string | null };

/**
 * Tries again what FAILED and was not tried again yet, the oldest first; what cannot be is told and passed over. Each is a
 * transaction of its own, so a request that breaks off has tried some again, and the next one goes on with the others.
 */
export async function retryFailedJobs(chosen: Chosen, asked: Asked, principal: Principal) {
  const { jobIds, skipped } = await createOnce(asked, async () => {
    const answer = await retryEach(chosen, principal);
    return async () => answer;
  });
  const made = new Map((await jobsByIds(jobIds)).map((job) => [job.id, job]));
  return { jobs: jobIds.flatMap((id) => made.get(id) ?? []), skipped };
}

/** What is passed over stays failed, so it does not count: those behind it have their turn. */
async function retryEach(chosen: Chosen, principal: Principal): Promise<Answer> {
  const answer: Answer = { jobIds: [], skipped: [] };
  for (const id of await failedJobs(chosen)) {
    if (answer.jobIds.length === MOST) break;
    try {
      answer.jobIds.push(await retryUnlessRetried(id, principal));
    } catch (error) {
      // So are all behind it, but what was tried again before that stays.
      if (error instanceof QuotaExceeded && answer.jobIds.length > 0) break;
      if (!(error instanceof UserError) || error instanceof QuotaExceeded) throw error;
      if (answer.skipped.length < MOST)
        answer.skipped.push({ jobId: id, code: error.code, message: error.message });
    }
  }
  return answer;
}

/** Under a lock that nobody gets who names it in a new job: of two requests, one tries it again and both answer that. */
async function retryUnlessRetried(id: string, principal: Principal): Promise<string> {
  const create = await prepareRetry(await getJob(id), principal);
  return db.transaction(async (tx) => {
    await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, id)).for('update');
    const [newer] = await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.retryOfId, id)).limit(1);
    return newer?.id ?? create(tx);
  });
}

async function failedJobs({ queue, characterId }: Chosen): Promise<string[]> {
  const retries = alias(jobs, 'retries');
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.state, 'failed'),
        await isOfQueue(queue),
        matchesId(jobs.characterId, characterId),
        notExists(db.select().from(retries).where(eq(retries.retryOfId, jobs.id))),
      ),
    )
    .orderBy(asc(jobs.id));
  return rows.map(({ id }) => id);
}
