import { and, asc, count, desc, eq, exists, inArray, notExists, type SQL, sql } from 'drizzle-orm';
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
import { matchesQueue } from './queues.ts';

type ListJobsArgs = ConnectionArgs & {
  states?: JobState[] | null;
  kinds?: JobKind[] | null;
  queue?: string | null;
  afterPlace?: number | null;
  characterId?: string | null;
  wasRetried?: boolean | null;
};

const NEWEST: [SortKey] = [{ column: jobs.id, type: 'uuid', direction: 'desc' }];
/** The highest priority first, then the oldest; negated, because a keyset has one direction. */
const LINE: [SortKey, SortKey] = [
  { column: sql`-${jobs.priority}`, type: 'integer', direction: 'asc' },
  { column: jobs.id, type: 'uuid', direction: 'asc' },
];

export async function listJobs(asked: ListJobsArgs) {
  const { states, kinds, queue, afterPlace, characterId, wasRetried, ...args } = asked;
  const isLine = states?.length === 1 && states[0] === 'queued';
  const filter = and(
    states ? inArray(jobs.state, states) : undefined,
    kinds ? inArray(jobs.kind, kinds) : undefined,
    matchesQueue(queue),
    matchesId(jobs.characterId, characterId),
    matchesRetried(wasRetried),
  );
  const behind = afterPlace == null || !isLine ? undefined : await behindPlace(afterPlace, filter);
  return keysetConnection<JobDetails>({
    args,
    order: isLine ? LINE : NEWEST,
    keyOf: ({ id, priority }) => (isLine ? [-priority, id] : [id]),
    read: async ({ where, orderBy, limit }) =>
      withDetails(
        await selectJobs()
          .where(and(filter, behind, where))
          .orderBy(...orderBy)
          .limit(limit),
      ),
  });
}

/** What stands behind a place of the line, from 1. A cursor is of a job, and goes along when that is moved; this stays. */
async function behindPlace(place: number, line: SQL | undefined): Promise<SQL | undefined> {
  if (place < 1) return undefined;
  const [last] = await db
    .select({ id: jobs.id, priority: jobs.priority })
    .from(jobs)
    .where(line)
    .orderBy(desc(jobs.priority), asc(jobs.id))
    .offset(place - 1)
    .limit(1);
  if (last === undefined) return sql`false`;
  return sql`(-${jobs.priority}, ${jobs.id}) > (-(${last.priority}::int), ${last.id}::uuid)`;
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
  {
    kind,
    states,
    characterId,
    ...args
  }: Omit<ListJobsArgs, 'kinds' | 'queue' | 'afterPlace'> & { kind: JobKind },
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
