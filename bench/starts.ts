import type { Installation } from './installation.ts';
import { latencyRows, pause, type Row } from './measure.ts';
import { start } from './processes.ts';

const JOBS = 60;
const WARM_UP = 5;
/** The least that a generation may be, so that the worker is free again soon. */
const INPUT = { prompt: 'a lighthouse', count: 1, width: 256, height: 256, steps: 1 };
const START = /* GraphQL */ `
  mutation ($input: StartGenerationInput!) {
    startGeneration(input: $input) { ... on StartGenerationSuccess { generation { id } } }
  }
`;

/**
 * From the commit that puts a job in line to the commit that says it runs, on a worker that waits, by the database's own
 * commit times; against a table, NOTIFY and SKIP LOCKED with nothing around them.
 */
export async function starts(installation: Installation): Promise<Row[]> {
  const { sql } = installation;
  const ids: string[] = [];
  for (let n = 0; n < WARM_UP + JOBS; n++) ids.push(await runOne(installation));
  const ours = await sql<{ ms: number }[]>`
    select extract(epoch from pg_xact_commit_timestamp(runs.xmin) - pg_xact_commit_timestamp(waits.xmin))::float8 * 1000 as ms
    from job_events waits join job_events runs using (job_id)
    where waits.seq = 1 and runs.seq = 2 and job_id = any(${ids.slice(WARM_UP)}::uuid[])`;
  const theirs = await bare(installation);
  const values = theirs.map((row) => row.ms);
  return latencyRows(
    'job commit → job starts',
    ours.map((row) => row.ms),
    { name: 'bare NOTIFY + SKIP LOCKED', values },
  );
}

async function runOne({ graphql, sql }: Installation) {
  type Started = { startGeneration: { generation: { id: string } } };
  const { generation } = (await graphql<Started>(START, { input: INPUT })).startGeneration;
  for (;;) {
    const [job] = await sql`select state from jobs where id = ${generation.id}`;
    if (job?.state === 'completed') break;
    if (job?.state === 'failed') throw new Error('A generation failed.');
    await pause(20);
  }
  // Until the worker has gone back to waiting.
  await pause(30);
  return generation.id;
}

async function bare({ sql, env }: Installation) {
  await sql`create table bench_queue (id uuid primary key default uuidv7(), state text not null default 'queued')`;
  await sql`create table bench_queued (id uuid primary key)`;
  const worker = await start('bench/starts-peer.ts', env);
  for (let n = 0; n < WARM_UP + JOBS; n++) {
    await sql.begin(async (tx) => {
      await tx`with job as (insert into bench_queue default values returning id) insert into bench_queued select id from job`;
      await tx`select pg_notify('bench_queue', '')`;
    });
    await pause(30);
  }
  await worker.stop();
  return sql<{ ms: number }[]>`
    select extract(epoch from pg_xact_commit_timestamp(q.xmin) - pg_xact_commit_timestamp(b.xmin))::float8 * 1000 as ms
    from bench_queue q join bench_queued b using (id) where q.state = 'running' order by id offset ${WARM_UP}`;
}
