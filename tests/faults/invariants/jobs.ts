import type { Look } from './look.ts';

const TERMINAL = ['completed', 'failed', 'cancelled'];

type Row = {
  id: string;
  state: string;
  attempt: number;
  line: string;
  messages: { line: string; state: string; retryCount: number; isAlive: boolean }[];
};

/** Every job has ended, or runs under a lease that is alive, or waits with a message of its own. */
export async function jobsAreLedOn({ sql }: Look): Promise<string[]> {
  const jobs = await sql<Row[]>`
    select id, state, attempt, kind || '.' || engine as line,
      coalesce((
        select jsonb_agg(jsonb_build_object('line', name, 'state', state, 'retryCount', retry_count,
          'isAlive', heartbeat_on + heartbeat_seconds * interval '1 second' > now()))
        from pgboss.job where id = jobs.id and state < 'completed'
      ), '[]') as messages
    from jobs`;
  return jobs.flatMap(({ id, state, attempt, line, messages }) => {
    const of = `job ${id} (${state}, attempt ${attempt})`;
    if (TERMINAL.includes(state)) return messages.length > 0 ? [`${of} has ended and has a message`] : [];
    const [message] = messages;
    if (message === undefined || messages.length > 1) return [`${of} has ${messages.length} messages`];
    if (message.line !== line) return [`${of} has its message in ${message.line}`];
    const isHeld = message.state === 'active' && message.isAlive && message.retryCount + 1 === attempt;
    if (state === 'running' && !isHeld) return [`${of} runs without a lease (message ${message.state})`];
    const waits = message.state !== 'active';
    return state === 'queued' && !waits ? [`${of} waits and its message is ${message.state}`] : [];
  });
}

export async function messagesHaveJobs({ sql }: Look): Promise<string[]> {
  const rows = await sql<{ id: string; state: string }[]>`
    select id, state from pgboss.job
    where name ~ '^(training|generation|download)\\.' and state < 'completed' and id not in (select id from jobs)`;
  return rows.map(({ id, state }) => `message ${id} (${state}) has no job`);
}

/** What was acknowledged exists, and nothing else does but what a client was told nothing about. */
export async function acknowledgedExistOnce({ sql, ledger }: Look): Promise<string[]> {
  const violations: string[] = [];
  for (const kind of ['characters', 'images', 'jobs'] as const) {
    const acknowledged = ledger.acknowledged[kind];
    const rows = await sql<{ id: string }[]>`select id from ${sql(kind)}`;
    const present = new Set(rows.map(({ id }) => id));
    for (const id of acknowledged)
      if (!present.has(id)) violations.push(`${kind}: ${id} was acknowledged and is not there`);
    const others = rows.filter(({ id }) => !acknowledged.has(id)).length;
    if (others > ledger.unanswered[kind])
      violations.push(`${kind}: ${others} more than acknowledged, ${ledger.unanswered[kind]} unanswered`);
  }
  return violations;
}

/** Times come from one clock, whatever those of the machines show. */
export async function timesAreInOrder({ sql }: Look): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from jobs
    where started_at < created_at or finished_at < started_at or finished_at > now() + interval '1 minute'`;
  return rows.map(({ id }) => `job ${id} has times out of order`);
}

/** Of a job that has ended no attempt goes on, and of one that runs exactly its newest. */
export async function attemptsAreWhole({ sql }: Look): Promise<string[]> {
  const rows = await sql<{ id: string; state: string; open: number[]; completed: number }[]>`
    select id, state,
      array(select number from job_attempts where job_id = id and outcome = 'running') as open,
      (select count(*)::int from job_attempts where job_id = id and outcome = 'completed') as completed
    from jobs where exists (select from job_attempts where job_id = id)`;
  return rows.flatMap(({ id, state, open, completed }) => [
    ...(open.length !== (state === 'running' ? 1 : 0)
      ? [`job ${id} (${state}) has ${open.length} open attempts`]
      : []),
    ...(completed !== (state === 'completed' ? 1 : 0)
      ? [`job ${id} (${state}) has ${completed} completed attempts`]
      : []),
  ]);
}
