import type { Look } from './look.ts';

type Row = { jobId: string; seq: number; type: string; state: string | null };
type Job = { id: string; state: string; lastSeq: number };

/** By the names that the API gives them. */
const TYPES: Record<string, string> = {
  JobStateChanged: 'state',
  JobStageChanged: 'stage',
  JobProgressed: 'progress',
  JobLogged: 'log',
  SampleAdded: 'sample',
  CheckpointAdded: 'checkpoint',
  OutputAdded: 'output',
  PreviewUpdated: 'preview',
};
const TERMINAL = ['completed', 'failed', 'cancelled'];

async function historiesOf({ sql }: Look) {
  const jobs = await sql<Job[]>`select id, state, last_seq as "lastSeq" from jobs where pruned_at is null`;
  const rows = await sql<Row[]>`
    select job_id as "jobId", seq, type::text, data ->> 'state' as state from job_events
    union all select job_id, seq, 'log', null from job_logs
    order by 1, 2`;
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobs.map((job) => ({ job, rows: byJob.get(job.id) ?? [] }));
}

/** Numbers from 1 without gap or repeat; one end at most, and it is the last word. */
export async function historiesAreWhole(look: Look): Promise<string[]> {
  return (await historiesOf(look)).flatMap(({ job, rows }) => {
    const of = `the history of job ${job.id}`;
    const isWhole = rows.length === job.lastSeq && rows.every(({ seq }, i) => seq === i + 1);
    const states = rows.filter(({ type }) => type === 'state').map(({ state }) => state ?? '');
    const ends = states.filter((state) => TERMINAL.includes(state));
    const last = rows.at(-1)?.state ?? null;
    return [
      ...(isWhole ? [] : [`${of} has ${rows.length} entries, the last number is ${job.lastSeq}`]),
      ...(states.at(-1) === job.state ? [] : [`${of} says ${states.at(-1)}, the job is ${job.state}`]),
      ...(ends.length > 1 ? [`${of} has ${ends.length} ends: ${ends.join()}`] : []),
      ...(TERMINAL.includes(job.state) && last !== job.state ? [`${of} goes on after its end`] : []),
    ];
  });
}

/** A client that came back with its cursor has seen what the table has, each once and in order. */
export async function clientsSawAll(look: Look): Promise<string[]> {
  const histories = await historiesOf(look);
  return look.watches.flatMap(({ jobId, seen }) => {
    const history = histories.find(({ job }) => job.id === jobId);
    if (history === undefined) return [];
    const of = `a client of job ${jobId}`;
    const cursors = seen.map(({ cursor }) => Number(cursor));
    const odd = cursors.findIndex((cursor, i) => cursor !== i + 1);
    if (odd >= 0) return [`${of} saw ${cursors[odd]} after ${cursors[odd - 1] ?? 0}`];
    const wrong = seen.find(({ __typename }, i) => TYPES[__typename] !== history.rows[i]?.type);
    if (wrong)
      return [`${of} saw ${wrong.__typename} at ${wrong.cursor}, which the table does not have there`];
    const { state, lastSeq } = history.job;
    const missed = lastSeq - seen.length;
    return TERMINAL.includes(state) && missed > 0 ? [`${of} missed its last ${missed} events`] : [];
  });
}
