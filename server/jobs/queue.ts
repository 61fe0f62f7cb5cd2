import { sql } from 'drizzle-orm';
import { PgBoss } from 'pg-boss';
import type { Sql } from 'postgres';
import { queues as queueRows } from '#schema/jobs.ts';
import { clientOf, db, queueClient, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { log } from '../log.ts';

/**
 * pg-boss keeps the messages: at-least-once, leased to who fetched them for as long as heartbeats come. We use it through
 * its `send`, `fetch`, `touch` and settle calls and not its `work()`, which polls: a worker has one GPU and its own loop
 * (`work.ts`). A message of a job has the job's id and carries nothing else; it exists for as long as the job is open.
 * What falls silent is found by `lost.ts` and not by pg-boss, because the job's row has to tell of it in the same transaction.
 */
const SCHEMA = 'pgboss';
const JOB = sql.raw(`${SCHEMA}.job`);
/** The shortest that pg-boss takes. A worker that is silent for longer has lost its job. */
const LEASE_SECONDS = 10;
const HOUR = 3600;

type Client = Pick<Sql, 'unsafe'>;

/** pg-boss over a postgres.js handle. It sends several statements in one text, and expects the rows of all of them. */
const over = (client: Client) => ({
  async executeSql(text: string, values?: unknown[]) {
    const result =
      values === undefined || values.length === 0
        ? await client.unsafe(text).simple()
        : await client.unsafe(text, values as never[]);
    return { rows: (result as unknown[]).flat() };
  },
});

const within = (tx: Tx) => ({ db: over(clientOf(tx)) });

let boss: PgBoss | undefined;

function running() {
  if (boss === undefined) throw new Error('The queue is not started.');
  return boss;
}

/** A line of jobs, of one kind and for one engine. */
export type JobQueueName = `${'training' | 'generation' | 'download'}.${string}`;
export type QueueName = JobQueueName | 'files.remove' | 'maintenance';
/** They belong to no engine, and to every worker. */
const COMMON: QueueName[] = ['files.remove', 'maintenance'];

/** A queue has a row of ours from the first start of a process that knows it, so that there is something to lock (`queues.ts`). */
export async function startQueue(queues: JobQueueName[], { hasClock = false } = {}) {
  // `hasClock`: sends what is scheduled, each time once, however many processes do.
  const starting = new PgBoss({
    db: over(queueClient),
    schema: SCHEMA,
    supervise: false,
    schedule: hasClock,
  });
  starting.on('error', (error) => log.error({ error }, 'The queue reports an error'));
  starting.on('warning', (warning) => log.debug({ warning }, 'The queue reports a warning'));
  await db.transaction(async (tx) => {
    // pg-boss makes its tables in one text of many statements, and two that do so at once leave a connection in a broken transaction.
    await tx.execute(sql`select pg_advisory_xact_lock(${START_LOCK})`);
    await starting.start();
    for (const name of [...queues, ...COMMON])
      await starting.createQueue(name, {
        heartbeatSeconds: LEASE_SECONDS,
        // The rule of F2 is ours (`failures.ts`); this only has to be more than it ever uses.
        retryLimit: 1_000_000,
        retryDelay: 0,
        retentionSeconds: 365 * 24 * HOUR,
      });
    await tx
      .insert(queueRows)
      .values(queues.map((name) => ({ name })))
      .onConflictDoNothing();
  });
  boss = starting;
}

/** Any number, the same for all processes. */
const START_LOCK = 7_164_927;

export async function stopQueue() {
  await boss?.stop({ graceful: false });
  boss = undefined;
}

export const queueTopic = (queue: QueueName) => `queue:${queue}`;

/** Puts a message in line when `tx` commits, and wakes the workers that serve its queue. */
export async function enqueue(
  tx: Tx,
  queue: QueueName,
  message: { id?: string; priority?: number; data: object },
) {
  const { data, ...options } = message;
  await running().send(queue, data, { ...options, ...within(tx) });
  await ring(tx, queueTopic(queue));
}

export type Message = {
  id: string;
  queue: QueueName /** How often it was fetched before. */;
  retryCount: number;
  data: unknown;
};

/** The first waiting message of the first queue that has one, now leased to the caller. */
export async function fetchNext(queues: QueueName[]): Promise<Message | undefined> {
  for (const queue of queues) {
    const [message] = await running().fetch<object>(queue, { includeMetadata: true, batchSize: 1 });
    if (message) return { id: message.id, queue, retryCount: message.retryCount, data: message.data };
  }
}

type Lease = Pick<Message, 'id' | 'queue' | 'retryCount'>;
const attemptOf = ({ id, retryCount }: Lease) => ({ id, retryCount });

/** The heartbeat. Resolves to whether the lease is still the caller's. */
export async function touch(message: Message): Promise<boolean> {
  const response = await running().touch(message.queue, attemptOf(message));
  // pg-boss answers with the number of leases that it prolonged, and leaves it out of its types.
  return (response as { affected: number }).affected > 0;
}

/** Done with: the message goes, unless its lease went to somebody else meanwhile. */
export const settle = (tx: Pick<Tx, 'execute'>, { id, queue, retryCount }: Lease) =>
  tx.execute(sql`
    delete from ${JOB} where name = ${queue} and id = ${id} and retry_count = ${retryCount} and state = 'active'`);

export const settleMessage = (message: Message) => settle(db, message);

/** Gives a message back: it is fetched again after `seconds` at the earliest, with `retryCount` one higher. */
export async function returnMessage(tx: Tx, { seconds, ...lease }: Lease & { seconds: number }) {
  const { queue, id } = lease;
  await running().fail(queue, attemptOf(lease), null, within(tx));
  await tx.execute(sql`
    update ${JOB} set start_after = now() + make_interval(secs => ${seconds}) where name = ${queue} and id = ${id}`);
  if (seconds === 0) await ring(tx, queueTopic(queue));
}

/** Takes a fetch back, as if it had not been: the next one has the same `retryCount`. */
export const unfetch = (
  tx: Pick<Tx, 'execute'>,
  { id, queue, retryCount, seconds }: Lease & { seconds: number },
) =>
  tx.execute(sql`
    update ${JOB} set
      state = (case when retry_count = 0 then 'created' else 'retry' end)::pgboss.job_state,
      started_on = null, heartbeat_on = null, start_after = now() + make_interval(secs => ${seconds})
    where name = ${queue} and id = ${id} and retry_count = ${retryCount} and state = 'active'`);

/**
 * Silent for longer than a lease lasts. After a restart of the database it waits for one lease more: nobody could tell then
 * that he lives.
 */
const IS_SILENT = sql`state = 'active' and heartbeat_on < now() - make_interval(secs => heartbeat_seconds)
  and pg_postmaster_start_time() < now() - make_interval(secs => heartbeat_seconds + 5)`;

/** Messages whose holder is silent, from any queue. */
export const silentMessages = () =>
  db.execute<Lease>(
    sql`select id, name as queue, retry_count as "retryCount" from ${JOB} where ${IS_SILENT} limit 100`,
  );

/** Whether its holder is silent still; then it cannot touch it any more before `tx` ends. */
export const isSilent = async (tx: Tx, { id, queue, retryCount }: Lease) =>
  (
    await tx.execute(sql`
      select id from ${JOB} where name = ${queue} and id = ${id} and retry_count = ${retryCount} and ${IS_SILENT} for update`)
  ).length > 0;

/** Takes messages away that nobody has fetched yet, or whose holder has to find out by its heartbeat. */
export const deleteMessages = (tx: Tx, queue: QueueName, ids: string[]) =>
  running().deleteJob(queue, ids, within(tx));

/** The same order as in `jobs`: pg-boss takes the highest priority first, then the oldest. */
export const setPriorities = (tx: Tx, queue: QueueName, jobs: { id: string; priority: number }[]) =>
  tx.execute(sql`
    update ${JOB} set priority = given.priority
    from unnest(${sql.param(jobs.map(({ id }) => id))}::uuid[], ${sql.param(jobs.map(({ priority }) => priority))}::int[])
      as given(id, priority)
    where job.name = ${queue} and job.id = given.id`);

/** Files go after the rows that named them: when `tx` commits, a worker removes them. */
export const removeFiles = async (tx: Tx, keys: string[]) => {
  if (keys.length > 0) await enqueue(tx, 'files.remove', { data: { keys } });
};

// ── Maintenance ─────────────────────────────────────────────────────────────────────────────────────────────────────

type Schedule = { queue: QueueName; key: string /** UTC. */; cron: string; data: object };

/** From now on `data` gets into line whenever `cron` says. What passed while no clock ran is made up for, once. */
export const schedule = ({ queue, key, cron, data }: Schedule) =>
  running().schedule(queue, cron, data, { key, missed: 'once' });

/** pg-boss sends what is scheduled through a queue of its own. It is nobody's but this one's to clean up. */
export const forgetSentSchedules = () => running().supervise('__pgboss__send-it');

/** The messages of jobs, to be selected from: `id`, `queue`, `is_active`, and `heard_at`, the last heartbeat. */
export const JOB_MESSAGES = sql`(
  select id, name as queue, state = 'active' as is_active, coalesce(heartbeat_on, started_on) as heard_at from ${JOB}
  where name ~ '^(training|generation|download)\\.' and state < 'completed'
)`;

/** Of these files, those that a message has yet to remove: they are named in it, or a folder above them is. */
export async function awaitingRemoval(tx: Pick<Tx, 'execute'>, keys: string[]): Promise<Set<string>> {
  const rows = await tx.execute<{ key: string }>(sql`
    with leaving as materialized (
      select distinct key from ${JOB}, jsonb_array_elements_text(data -> 'keys') as key where name = 'files.remove'
    )
    select key from unnest(${sql.param(keys)}::text[]) as given(key)
    where key in (select key from leaving) or exists (
      select from leaving as folder where folder.key like '%/' and starts_with(given.key, folder.key)
    )`);
  return new Set(rows.map(({ key }) => key));
}
