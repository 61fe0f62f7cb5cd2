import { eq, inArray } from 'drizzle-orm';
import { generations } from '#schema/generation.ts';
import { jobs } from '#schema/jobs.ts';
import { downloads } from '#schema/models.ts';
import { trainings } from '#schema/training.ts';
import { db } from '../db.ts';
import { isId, NotFound, UserError } from '../errors.ts';
import { withAllToggles } from './kept-toggles.ts';
import type { QueueName } from './queue.ts';

export type Job = typeof jobs.$inferSelect;
export type JobState = Job['state'];
export type JobKind = Job['kind'];

export const OPEN = ['queued', 'running'] as const satisfies JobState[];
export const hasEnded = (state: JobState) => !(OPEN as readonly JobState[]).includes(state);

/** Rung at each change of a job, for those who follow it. */
export const jobTopic = (id: string) => `job:${id}`;
/** Rung when whoever runs the job has to look whether it still may. */
export const stopTopic = (id: string) => `stop:${id}`;
export const queueOf = ({ kind, engine }: Pick<Job, 'kind' | 'engine'>): QueueName => `${kind}.${engine}`;

/** A job with what its kind adds to it. */
export type JobDetails = Job & {
  training: typeof trainings.$inferSelect | null;
  generation: typeof generations.$inferSelect | null;
  download: typeof downloads.$inferSelect | null;
};

export const selectJobs = () =>
  db
    .select({ job: jobs, training: trainings, generation: generations, download: downloads })
    .from(jobs)
    .leftJoin(trainings, eq(trainings.jobId, jobs.id))
    .leftJoin(generations, eq(generations.jobId, jobs.id))
    .leftJoin(downloads, eq(downloads.jobId, jobs.id))
    .$dynamic();

type Row = { job: Job } & Pick<JobDetails, 'training' | 'generation' | 'download'>;
export const withDetails = (rows: Row[]) =>
  rows.map(
    ({ job, generation, ...ofItsKind }): JobDetails => ({
      ...job,
      ...ofItsKind,
      generation: generation && withAllToggles(generation),
    }),
  );

export const jobsByIds = async (ids: readonly string[]) =>
  withDetails(await selectJobs().where(inArray(jobs.id, [...ids])));

export async function findJob(id: string): Promise<JobDetails | null> {
  if (!isId(id)) return null;
  const [job] = await jobsByIds([id]);
  return job ?? null;
}

export async function getJob(id: string): Promise<JobDetails> {
  const job = await findJob(id);
  if (job === null) throw new NotFound('job', id);
  return job;
}

export class JobHasNotEnded extends UserError {
  readonly code = 'JOB_HAS_NOT_ENDED';
  readonly job: Job;

  constructor(job: Job) {
    super(`This job is still ${job.state}. Cancel it first, or wait for its end.`);
    this.job = job;
  }
}
