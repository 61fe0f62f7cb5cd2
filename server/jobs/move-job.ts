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

/** Gives the job the priority of its new place, and a higher one to those before it where there is no room. */
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
    const moved = line.find(({ id }) => id === job.id);
    if (moved === undefined) throw new JobNotQueued(job);
    const others = line.filter((other) => other !== moved);
    const place = before === null ? others.length : others.findIndex(({ id }) => id === before.id);
    if (place === -1)
      throw new InvalidInput([
        { field: 'beforeJobId', message: 'Must be another job that waits in the same line.' },
      ]);

    const changed = prioritiesOf([...others.slice(0, place), moved, ...others.slice(place)], place);
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

type Waiting = { id: string; priority: number };

/** Whether `first` comes before `second` in the line: by the higher priority, then by age. */
const isBefore = (first: Waiting, second: Waiting) =>
  first.priority > second.priority || (first.priority === second.priority && first.id < second.id);

/** Those of a line in its new order whose priority has to change, so that the queue takes them in this order. */
function prioritiesOf(order: Waiting[], moved: number): Waiting[] {
  const changed: Waiting[] = [];
  let next: Waiting | undefined;
  for (const [i, job] of [...order.entries()].reverse()) {
    const previous = order[i - 1];
    let { priority } = job;
    if (i === moved && next !== undefined) priority = next.priority;
    if (i === moved && next === undefined && previous !== undefined)
      priority = Math.min(priority, previous.priority - 1);
    if (next !== undefined && !isBefore({ ...job, priority }, next)) priority = next.priority + 1;
    next = { ...job, priority };
    if (priority !== job.priority) changed.push(next);
  }
  return changed;
}
