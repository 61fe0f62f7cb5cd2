import { sql } from 'drizzle-orm';
import type { JobFailure } from '#schema/jobs.ts';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { IS_LOST } from './workers.ts';

export type WaitReason = 'turn' | 'retry' | 'disk_space' | 'paused' | 'no_worker';
export type Wait = { reason: WaitReason; message: string; until: Date | null };

/** Of a waiting job: where it stands in its line, what it waits for, and when its turn will come, as far as one can say. */
export type Place = { position: number; wait: Wait; expectedStartAt: Date | null };

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
  /** Seconds that a step took, all in all, in the jobs that were completed last; null before the first. */
  secondsPerStep: number | null;
};

const COMPLETED_LAST = 20;

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
      (select avg(extract(epoch from finished_at - started_at) / steps)::float from (
         select * from ${jobs} where kind = line.kind and engine = line.engine and state = 'completed'
         order by id desc limit ${COMPLETED_LAST}) as last) as "secondsPerStep"
    from (
      select name as queue, split_part(name, '.', 1)::job_kind as kind, split_part(name, '.', 2) as engine
      from unnest(${sql.param(names)}::text[]) as given(name)
    ) as line
    left join queues on queues.name = line.queue
    cross join lateral (
      select count(*)::int as jobs, coalesce(sum(steps - step), 0)::float as steps from ${jobs}
      where kind = line.kind and engine = line.engine and state = 'running'
    ) as running`);
};

function placeOf({ position, stepsAhead, retryAt, hold }: Waiting, line: Line): Place {
  const notBefore = retryAt === null ? null : new Date(retryAt);
  return { position, wait: waitOf({ line, hold, notBefore }), expectedStartAt: startOf() };

  function startOf(): Date | null {
    const { workers, running, stepsLeft, secondsPerStep } = line;
    if (line.isPaused || workers === 0 || hold !== null) return null;
    const isNext = position <= workers - running;
    if (!isNext && secondsPerStep === null) return null;
    const seconds = isNext ? 0 : ((stepsLeft + stepsAhead) * (secondsPerStep ?? 0)) / workers;
    return new Date(Math.max(Date.now() + 1000 * seconds, notBefore?.getTime() ?? 0));
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
