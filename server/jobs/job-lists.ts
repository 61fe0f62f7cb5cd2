import { and, count, eq, inArray, sql } from 'drizzle-orm';
import { jobLogs, jobs } from '#schema/jobs.ts';
import { type ConnectionArgs, keysetConnection, type SortKey } from '../connection.ts';
import { db } from '../db.ts';
import { hear } from '../doorbell.ts';
import { followState } from '../follow-state.ts';
import { endingWith } from '../generators.ts';
import {
  findJob,
  hasEnded,
  type JobDetails,
  type JobKind,
  type JobState,
  jobTopic,
  selectJobs,
  withDetails,
} from './jobs.ts';

type ListJobsArgs = ConnectionArgs & {
  states?: JobState[] | null;
  kinds?: JobKind[] | null;
  characterId?: string | null;
};

const NEWEST: [SortKey] = [{ column: jobs.id, type: 'uuid', direction: 'desc' }];
/** The highest priority first, then the oldest; negated, because a keyset has one direction. */
const LINE: [SortKey, SortKey] = [
  { column: sql`-${jobs.priority}`, type: 'integer', direction: 'asc' },
  { column: jobs.id, type: 'uuid', direction: 'asc' },
];

export function listJobs({ states, kinds, characterId, ...args }: ListJobsArgs) {
  const isLine = states?.length === 1 && states[0] === 'queued';
  const filter = and(
    states ? inArray(jobs.state, states) : undefined,
    kinds ? inArray(jobs.kind, kinds) : undefined,
    characterId ? eq(jobs.characterId, characterId) : undefined,
  );
  return keysetConnection<JobDetails>({
    args,
    order: isLine ? LINE : NEWEST,
    keyOf: ({ id, priority }) => (isLine ? [-priority, id] : [id]),
    read: async ({ where, orderBy, limit }) =>
      withDetails(
        await selectJobs()
          .where(and(filter, where))
          .orderBy(...orderBy)
          .limit(limit),
      ),
  });
}

export async function jobCounts(): Promise<Record<JobState, number>> {
  const rows = await db.select({ state: jobs.state, jobs: count() }).from(jobs).groupBy(jobs.state);
  const counts = { queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const row of rows) counts[row.state] = row.jobs;
  return counts;
}

export const logOf = (jobId: string, args: ConnectionArgs) =>
  keysetConnection<typeof jobLogs.$inferSelect>({
    args,
    maxSize: 500,
    order: [{ column: jobLogs.seq, type: 'integer', direction: 'asc' }],
    keyOf: ({ seq }) => [seq],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(jobLogs)
        .where(and(eq(jobLogs.jobId, jobId), where))
        .orderBy(...orderBy)
        .limit(limit),
  });

/** The job as it is, then after each change, until it has ended or is gone (null). */
export const followJob = (id: string) =>
  followState({
    topic: jobTopic(id),
    read: () => findJob(id),
    isLast: (job) => job === null || hasEnded(job.state),
  });

const AT_MOST_EVERY_MS = 500;
const JOB_TOPIC = /^job:(.+)$/;

/** Jobs that changed, each as it is when it is told. After a lost connection: all that are open, since any may have. */
export function followChangedJobs(): AsyncGenerator<JobDetails, void> {
  const changed = new Set<string>();
  let hasLeft = false;
  let mayHaveMissed = false;
  let rung = Promise.withResolvers<void>();
  const unhear = hear((topic) => {
    const id = topic?.match(JOB_TOPIC)?.[1];
    if (id !== undefined) changed.add(id);
    mayHaveMissed ||= topic === null;
    rung.resolve();
  });

  async function* jobsChanged(): AsyncGenerator<JobDetails, void> {
    while (!hasLeft) {
      await rung.promise;
      rung = Promise.withResolvers();
      const ids = [...changed];
      changed.clear();
      if (mayHaveMissed) ids.push(...(await openJobIds()));
      mayHaveMissed = false;
      for (const id of new Set(ids)) {
        const job = await findJob(id);
        if (job !== null && !hasLeft) yield job;
      }
      if (!hasLeft) await new Promise((resolve) => setTimeout(resolve, AT_MOST_EVERY_MS));
    }
  }

  return endingWith(jobsChanged(), () => {
    hasLeft = true;
    unhear();
    rung.resolve();
  });
}

const openJobIds = async () =>
  (
    await db
      .select({ id: jobs.id })
      .from(jobs)
      .where(inArray(jobs.state, ['queued', 'running']))
  ).map(({ id }) => id);
