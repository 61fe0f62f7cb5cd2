import { sql } from 'drizzle-orm';
import { db, one } from '../db.ts';
import { JOB_MESSAGES } from '../jobs/queue.ts';
import { add, type Finding, type Report } from './report.ts';
import { lookTwice } from './second-look.ts';

/** A heart beats every 3 s; a minute of silence is far more than a busy machine. After a restart everybody has that time anew. */
const IS_SILENT = sql`messages.heard_at < now() - interval '1 minute'
  and pg_postmaster_start_time() < now() - interval '1 minute'`;

type Disagreement = { id: string; state: string | null; queue: string; kind: Finding['kind'] };

/** An open job has exactly one message, under its id and in its line. One statement, so that all of it is of one moment. */
async function disagreements(): Promise<Map<string, Finding>> {
  const rows = await db.execute<Disagreement>(sql`
    with open_jobs as (
      select id, state, kind::text || '.' || engine as queue from jobs where state in ('queued', 'running')
    ), found as (
      select coalesce(open_jobs.id, messages.id) as id, coalesce(open_jobs.queue, messages.queue) as queue, open_jobs.state,
        case when messages.id is null then 'job_without_message'
             when open_jobs.id is null then 'message_without_job'
             when open_jobs.state = 'running' and (not messages.is_active or ${IS_SILENT}) then 'job_without_lease' end as kind
      from open_jobs full join ${JOB_MESSAGES} as messages
        on messages.id = open_jobs.id and messages.queue = open_jobs.queue
    )
    select * from found where kind is not null`);
  return new Map(
    rows.map((row) => [`${row.kind} ${row.id}`, { kind: row.kind, subject: row.id, message: sentence(row) }]),
  );
}

function sentence({ id, kind, queue, state }: Disagreement) {
  if (kind === 'job_without_message')
    return `The job ${id} is ${state}, but nothing in ${queue} stands for it: no worker will come to it.`;
  if (kind === 'message_without_job')
    return `In ${queue} something waits for the job ${id}, which is not open.`;
  return `The job ${id} is running, but no worker has told for a minute that it works on it.`;
}

export async function checkMessages(report: Report) {
  const { jobs, messages } = one(
    await db.execute<{ jobs: number; messages: number }>(sql`
      select (select count(*)::int from jobs where state in ('queued', 'running')) as jobs,
             (select count(*)::int from ${JOB_MESSAGES} as messages) as messages`),
  );
  Object.assign(report.looked, { jobs, messages });
  for (const finding of await lookTwice(disagreements)) add(report, finding);
}
