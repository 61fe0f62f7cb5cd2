import { and, eq, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { ringEach } from '../doorbell.ts';
import { InvalidInput, UserError } from '../errors.ts';
import { getJob, type Job, type JobDetails, jobTopic, queueOf } from './jobs.ts';
import { setPriorities } from './queue.ts';

export class JobNotQueued extends UserError {
  readonly code = 'JOB_NOT_QUEUED';
  readonly job: Job;

  constructor(job: Job) {
    super(`Only a waiting job can be moved; this one is ${job.state}.`);
    this.job = job;
  }
}

/**
 * Gives the whole line new priorities, highest first, with the job in its new place. A job that joins later has priority 0
 * and so stands behind. Only rows whose priority changes are written.
 */
export async function moveJob(input: { jobId: string; beforeJobId?: string | null }): Promise<JobDetails> {
  const job = await getJob(input.jobId);
  const before = input.beforeJobId == null ? null : await getJob(input.beforeJobId);
  await db.transaction(async (tx) => {
    const line = await tx
      .select({ id: jobs.id, priority: jobs.priority })
      .from(jobs)
      .where(and(eq(jobs.state, 'queued'), eq(jobs.kind, job.kind), eq(jobs.engine, job.engine)))
      // As all who lock jobs: by id (`lockCharacters` has the whole order).
      .orderBy(jobs.id)
      .for('update');
    line.sort((a, b) => b.priority - a.priority);
    const others = line.filter(({ id }) => id !== job.id);
    if (others.length === line.length) throw new JobNotQueued(job);
    const place = before === null ? others.length : others.findIndex(({ id }) => id === before.id);
    if (place === -1)
      throw new InvalidInput([
        { field: 'beforeJobId', message: 'Must be another job that waits in the same line.' },
      ]);

    const order = [...others.slice(0, place), { id: job.id, priority: job.priority }, ...others.slice(place)];
    const moved = order.map(({ id, priority }, i) => ({ id, priority: order.length - i, was: priority }));
    const changed = moved.filter(({ priority, was }) => priority !== was);
    const ids = changed.map(({ id }) => id);
    await tx.execute(sql`
      update ${jobs} set priority = given.priority
      from unnest(${sql.param(ids)}::uuid[], ${sql.param(changed.map(({ priority }) => priority))}::int[]) as given(id, priority)
      where jobs.id = given.id`);
    await setPriorities(tx, queueOf(job), changed);
    await ringEach(tx, ids.map(jobTopic));
  });
  return getJob(job.id);
}
