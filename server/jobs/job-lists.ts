import { and, count, eq, exists, inArray, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { jobLogs, jobs } from '#schema/jobs.ts';
import { type ConnectionArgs, keysetConnection, matchesId, type SortKey } from '../connection.ts';
import { db } from '../db.ts';
import { followState } from '../follow-state.ts';
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
  wasRetried?: boolean | null;
};

const NEWEST: [SortKey] = [{ column: jobs.id, type: 'uuid', direction: 'desc' }];
/** The highest priority first, then the oldest; negated, because a keyset has one direction. */
const LINE: [SortKey, SortKey] = [
  { column: sql`-${jobs.priority}`, type: 'integer', direction: 'asc' },
  { column: jobs.id, type: 'uuid', direction: 'asc' },
];

export function listJobs({ states, kinds, characterId, wasRetried, ...args }: ListJobsArgs) {
  const isLine = states?.length === 1 && states[0] === 'queued';
  const filter = and(
    states ? inArray(jobs.state, states) : undefined,
    kinds ? inArray(jobs.kind, kinds) : undefined,
    matchesId(jobs.characterId, characterId),
    matchesRetried(wasRetried),
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

function matchesRetried(wasRetried: boolean | null | undefined) {
  if (wasRetried == null) return undefined;
  const retries = alias(jobs, 'retries');
  const newer = db.select().from(retries).where(eq(retries.retryOfId, jobs.id));
  return wasRetried ? exists(newer) : notExists(newer);
}

/** Jobs of one kind, the newest first, with what that kind adds to them. */
export const listJobsOfKind = <Kind extends JobDetails>(
  isOfKind: (job: JobDetails) => job is Kind,
  { kind, states, characterId, ...args }: Omit<ListJobsArgs, 'kinds'> & { kind: JobKind },
) =>
  keysetConnection<Kind>({
    args,
    order: NEWEST,
    keyOf: ({ id }) => [id],
    read: async ({ where, orderBy, limit }) => {
      const filter = and(
        eq(jobs.kind, kind),
        matchesId(jobs.characterId, characterId),
        states ? inArray(jobs.state, states) : undefined,
      );
      const rows = await selectJobs()
        .where(and(filter, where))
        .orderBy(...orderBy)
        .limit(limit);
      return withDetails(rows).filter(isOfKind);
    },
  });

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
