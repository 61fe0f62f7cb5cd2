import { sql } from 'drizzle-orm';
import type { JobFailure } from '#schema/jobs.ts';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { IS_LOST } from './workers.ts';

export type WaitReason = 'turn' | 'retry' | 'disk_space' | 'paused' | 'no_worker';
export type Wait = { reason: WaitReason; message: string; until: Date | null };

/** When the turn of a waiting job comes: most likely, and the range that the paces of the last jobs of its line span. */
type Start = { expectedAt: Date; earliestAt: Date; latestAt: Date };

/** Of a waiting job: where it stands in its line, what it waits for, and when its turn will come, as far as one can say. */
export type Place = { position: number; wait: Wait; start: Start | null };

type Waiting = {
  id: string;
  queue: string;
  position: number;
  stepsAhead: number;
  retryAt: string | null;
  hold: JobFailure | null;
};
type Line = {
  queue: string;
  isPaused: boolean;
  workers: number;
  running: number;
  /** Of those that run. */
  stepsLeft: number;
  /** Seconds that a step took, all in all, in the quick, the usual and the slow of the last jobs; null before the first step. */
  secondsPerStep: [quick: number, usual: number, slow: number] | null;
};

const COMPLETED_LAST = 20;
/** Shares of the last jobs: a tenth at either end are exceptions, such as one that waited a night for another try. */
const PACES = [0.1, 0.5, 0.9];

/** Null for a job that does not wait. Each line is numbered once, along its index, however many of its jobs are asked for. */
export async function placesOf(ids: readonly string[]): Promise<(Place | null)[]> {
  const waiting = await waitingJobs(ids);
  const lines = new Map((await linesOf(waiting)).map((line) => [line.queue, line]));
  const places = new Map(
    waiting.map((job) => {
      const line = lines.get(job.queue);
      return [job.id, line === undefined ? null : placeOf(job, line)];
    }),
  );
  return ids.map((id) => places.get(id) ?? null);
}

/** A line is read along its index, up to the last of its jobs that is asked for. */
const waitingJobs = (ids: readonly string[]) => {
  const isAsked = sql`id = any(${sql.param([...ids])}::uuid[])`;
  return db.execute<Waiting>(sql`
    select id, kind || '.' || engine as queue, position, steps_ahead as "stepsAhead", retry_at as "retryAt", hold from (
      select job.id, job.kind, job.engine, job.retry_at, job.hold,
        (row_number() over line)::int as position,
        (sum(job.steps) over line - job.steps)::float as steps_ahead
      from (
        select kind, engine, min(priority) as priority from ${jobs} where state = 'queued' and ${isAsked} group by kind, engine
      ) as deepest
      join ${jobs} as job on job.state = 'queued' and job.kind = deepest.kind and job.engine = deepest.engine
        and job.priority >= deepest.priority
      window line as (partition by job.kind, job.engine order by job.priority desc, job.id rows unbounded preceding)
    ) as lines
    where ${isAsked}`);
};

const linesOf = async (waiting: Waiting[]) => {
  const names = [...new Set(waiting.map(({ queue }) => queue))];
  if (names.length === 0) return [];
  return db.execute<Line>(sql`
    select line.queue, queues.paused_at is not null as "isPaused", running.jobs as running, running.steps as "stepsLeft",
      (select count(*)::int from workers
       where line.queue = any(engines) and draining_at is null and not ${IS_LOST}
         and not exists (select from jsonb_array_elements(engine_reports) as report
                         where report ->> 'queue' = line.queue and report ->> 'isHealthy' = 'false')) as workers,
      pace.range as "secondsPerStep"
    from (
      select name as queue, split_part(name, '.', 1)::job_kind as kind, split_part(name, '.', 2) as engine
      from unnest(${sql.param(names)}::text[]) as given(name)
    ) as line
    left join queues on queues.name = line.queue
    cross join lateral (
      select count(*)::int as jobs, coalesce(sum(steps - step), 0)::float as steps from ${jobs}
      where kind = line.kind and engine = line.engine and state = 'running'
    ) as running
    cross join lateral (
      select percentile_cont(${sql.param(PACES)}::float[]) within group (order by seconds) as range
      from (
        (select (extract(epoch from finished_at - started_at) / steps)::float as seconds from ${jobs}
         where kind = line.kind and engine = line.engine and state = 'completed'
         order by id desc limit ${COMPLETED_LAST})
        union all
        select (extract(epoch from now() - started_at) / step)::float from ${jobs}
        where kind = line.kind and engine = line.engine and state = 'running' and step > 0
      ) as last
    ) as pace`);
};

function placeOf({ position, stepsAhead, retryAt, hold }: Waiting, line: Line): Place {
  const notBefore = retryAt === null ? null : new Date(retryAt);
  return { position, wait: waitOf({ line, hold, notBefore }), start: startOf() };

  function startOf(): Start | null {
    const { workers, running, stepsLeft, secondsPerStep } = line;
    if (line.isPaused || workers === 0 || hold !== null) return null;
    const steps = position <= workers - running ? 0 : (stepsLeft + stepsAhead) / workers;
    if (steps > 0 && secondsPerStep === null) return null;
    const [quick, usual, slow] = secondsPerStep ?? [0, 0, 0];
    const at = (pace: number) =>
      new Date(Math.max(Date.now() + 1000 * steps * pace, notBefore?.getTime() ?? 0));
    return { earliestAt: at(quick), expectedAt: at(usual), latestAt: at(slow) };
  }
}

type Circumstances = { line: Line; hold: JobFailure | null; notBefore: Date | null };

function waitOf({ line, hold, notBefore }: Circumstances): Wait {
  const wait = (reason: WaitReason, message: string, until: Date | null = null): Wait => ({
    reason,
    message,
    until,
  });
  if (hold !== null) return wait('disk_space', [hold.message, hold.advice].filter(Boolean).join(' '));
  if (line.isPaused) return wait('paused', `The queue ${line.queue} is paused.`);
  if (line.workers === 0) return wait('no_worker', `No worker takes jobs of ${line.queue} now.`);
  if (notBefore !== null && notBefore.getTime() > Date.now())
    return wait('retry', 'It is tried again after a while.', notBefore);
  return wait('turn', 'Its turn has not come yet.');
}
