import { and, count, eq, gte, inArray, or, sql } from 'drizzle-orm';
import { jobLogs, jobs } from '#schema/jobs.ts';
import { type ConnectionArgs, keysetConnection, matchesId, type SortKey } from '../connection.ts';
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
  jobsByIds,
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
    matchesId(jobs.characterId, characterId),
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

const AT_MOST_EVERY_MS = 500;
const JOB_TOPIC = /^job:(.+)$/;

/** Clocks differ a little between the machines that ring and those that hear. */
const CLOCK_SKEW_MS = 1000;
const TOLD_AT_ONCE = 100;

/**
 * Jobs that changed, as they are when they are told. After a lost connection: all that are open or ended since it last rang,
 * since any of these may have changed.
 */
export function followChangedJobs(): AsyncGenerator<JobDetails, void> {
  const changed = new Set<string>();
  let hasLeft = false;
  let lastRung = Date.now();
  let missedSince: number | null = null;
  let rung = Promise.withResolvers<void>();
  const unhear = hear((topic) => {
    const id = topic?.match(JOB_TOPIC)?.[1];
    if (id !== undefined) changed.add(id);
    if (topic === null) missedSince ??= lastRung - CLOCK_SKEW_MS;
    lastRung = Date.now();
    rung.resolve();
  });

  async function* jobsChanged(): AsyncGenerator<JobDetails, void> {
    try {
      while (!hasLeft) {
        await rung.promise;
        rung = Promise.withResolvers();
        const ids = new Set(changed);
        changed.clear();
        const since = missedSince;
        missedSince = null;
        if (since !== null) for (const id of await openOrEndedSince(new Date(since))) ids.add(id);
        const batches = Array.from({ length: Math.ceil(ids.size / TOLD_AT_ONCE) }, (_, i) =>
          [...ids].slice(i * TOLD_AT_ONCE, (i + 1) * TOLD_AT_ONCE),
        );
        for (const batch of batches)
          for (const job of await jobsByIds(batch)) {
            if (hasLeft) return;
            yield job;
          }
        if (!hasLeft) await new Promise((resolve) => setTimeout(resolve, AT_MOST_EVERY_MS));
      }
    } finally {
      // A failed look-up ends it from within, and nobody calls `return` then.
      unhear();
    }
  }

  return endingWith(jobsChanged(), () => {
    hasLeft = true;
    unhear();
    rung.resolve();
  });
}

const openOrEndedSince = async (time: Date) =>
  (
    await db
      .select({ id: jobs.id })
      .from(jobs)
      .where(or(inArray(jobs.state, ['queued', 'running']), gte(jobs.finishedAt, time)))
  ).map(({ id }) => id);
