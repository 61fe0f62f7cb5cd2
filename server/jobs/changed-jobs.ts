import { setTimeout as pause } from 'node:timers/promises';
import { gte, inArray, or, sql } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { hear } from '../doorbell.ts';
import { endingWith } from '../generators.ts';
import { log } from '../log.ts';
import { type JobDetails, jobsByIds } from './jobs.ts';

const AT_MOST_EVERY_MS = 500;
const JOB_TOPIC = /^job:(.+)$/;
/** `finishedAt` is when the transaction began that ended a job; that may take as long as its statements may. */
const COMMIT_SECONDS = 90;
const LOADED_AT_ONCE = 100;

/** Who is slow finds each job once, as it was when it changed last, however often it did. */
type Follower = { untold: Map<string, JobDetails>; wake: () => void };

const followers = new Set<Follower>();
let changed = new Set<string>();
/** By a clock that nobody sets. */
let lastRung = performance.now();
let missedSince: number | null = null;
let isTelling = false;
let unhear = () => {};

function join(follower: Follower) {
  followers.add(follower);
  if (followers.size > 1) return;
  changed.clear();
  missedSince = null;
  lastRung = performance.now();
  unhear = hear((topic) => {
    const id = topic?.match(JOB_TOPIC)?.[1];
    if (id !== undefined) changed.add(id);
    if (topic === null) missedSince ??= lastRung;
    lastRung = performance.now();
    if (!isTelling) void tell();
  });
}

function leave(follower: Follower) {
  if (followers.delete(follower) && followers.size === 0) unhear();
}

/** Loads what changed, once for all who follow, until nothing is left to tell. */
async function tell() {
  isTelling = true;
  while (followers.size > 0 && (changed.size > 0 || missedSince !== null)) {
    const ids = changed;
    const since = missedSince;
    changed = new Set();
    missedSince = null;
    try {
      if (since !== null) for (const id of await openOrEndedSince(since)) ids.add(id);
      for (const batch of batchesOf([...ids])) {
        for (const job of await jobsByIds(batch)) tellAll(job);
        for (const id of batch) ids.delete(id);
      }
    } catch (error) {
      log.warn({ error }, 'Cannot read the jobs that changed, trying again');
      for (const id of ids) changed.add(id);
      missedSince = since ?? missedSince;
    }
    await pause(AT_MOST_EVERY_MS);
  }
  isTelling = false;
}

function tellAll(job: JobDetails) {
  for (const { untold, wake } of followers) {
    untold.set(job.id, job);
    wake();
  }
}

const batchesOf = (ids: string[]) =>
  Array.from({ length: Math.ceil(ids.length / LOADED_AT_ONCE) }, (_, i) =>
    ids.slice(i * LOADED_AT_ONCE, (i + 1) * LOADED_AT_ONCE),
  );

/** By the clock of the database, which gave them their times. */
async function openOrEndedSince(time: number): Promise<string[]> {
  const seconds = (performance.now() - time) / 1000 + COMMIT_SECONDS;
  const hasEnded = gte(jobs.finishedAt, sql`now() - make_interval(secs => ${seconds})`);
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(or(inArray(jobs.state, ['queued', 'running']), hasEnded));
  return rows.map(({ id }) => id);
}

/**
 * Jobs that changed, as they are when they are told, each twice a second at most. After a lost connection: all that are
 * open or ended since it last rang, since any of these may have changed.
 */
export function followChangedJobs(): AsyncGenerator<JobDetails, void> {
  let hasLeft = false;
  let rung = () => {};
  const follower: Follower = { untold: new Map(), wake: () => rung() };
  join(follower);

  async function* untoldJobs(): AsyncGenerator<JobDetails, void> {
    while (!hasLeft) {
      for (const [id, job] of follower.untold) {
        if (hasLeft) return;
        follower.untold.delete(id);
        yield job;
      }
      if (follower.untold.size === 0 && !hasLeft)
        await new Promise<void>((resolve) => {
          rung = resolve;
        });
    }
  }

  return endingWith(untoldJobs(), () => {
    hasLeft = true;
    leave(follower);
    follower.wake();
  });
}
