import { PgBoss } from 'pg-boss';
import type { Sql, TransactionSql } from 'postgres';
import { clientOf, queueClient, type Tx } from '../db.ts';
import { ring } from '../doorbell.ts';
import { log } from '../log.ts';

/**
 * pg-boss keeps the messages: at-least-once, retried when a heartbeat stops. We use it through its `send`, `fetch`,
 * `touch` and settle calls and not its `work()`, which polls: a worker has one GPU and its own loop (`work.ts`).
 * A message carries only the job's id, and has it as its own.
 */
const SCHEMA = 'pgboss';
/** The shortest that pg-boss takes. A worker that is silent for longer has lost its job. */
const HEARTBEAT_SECONDS = 10;
const HOUR = 3600;

type Client = Sql | TransactionSql;

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

export type QueueName = `${'training' | 'generation'}.${string}` | 'files.remove';

/** `isSupervisor`: looks every second for silent workers and gives their jobs to others. */
export async function startQueue({ isSupervisor, queues }: { isSupervisor: boolean; queues: QueueName[] }) {
  const starting = new PgBoss({
    db: over(queueClient),
    schema: SCHEMA,
    supervise: isSupervisor,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    schedule: false,
  });
  starting.on('error', (error) => log.error({ error }, 'The queue reports an error'));
  starting.on('warning', (warning) => log.debug({ warning }, 'The queue reports a warning'));
  await starting.start();
  for (const name of queues)
    await starting.createQueue(name, {
      heartbeatSeconds: HEARTBEAT_SECONDS,
      // The rule of F2 is ours (`jobs.ts`); this only has to be more than it ever uses.
      retryLimit: 1_000_000,
      retryDelay: 0,
      expireInSeconds: 24 * HOUR - 1,
      retentionSeconds: 365 * 24 * HOUR,
      deleteAfterSeconds: 24 * HOUR,
    });
  boss = starting;
}

export async function stopQueue() {
  await boss?.stop({ graceful: false });
  boss = undefined;
}

export const queueTopic = (queue: QueueName) => `queue:${queue}`;

/** Puts a message in line when `tx` commits, and wakes the workers that serve its queue. */
export async function enqueue(tx: Tx, queue: QueueName, message: { id?: string; data: object }) {
  await running().send(queue, message.data, { ...(message.id && { id: message.id }), ...within(tx) });
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

const attemptOf = ({ id, retryCount }: Message) => ({ id, retryCount });

/** The heartbeat. Resolves to whether the lease is still the caller's. */
export async function touch(message: Message): Promise<boolean> {
  const response = await running().touch(message.queue, attemptOf(message));
  // pg-boss answers with the number of leases that it prolonged, and leaves it out of its types.
  return (response as { affected: number }).affected > 0;
}

/** Settling does nothing when the lease has gone to somebody else meanwhile. */
export const completeMessage = (message: Message, tx?: Tx) =>
  running().complete(message.queue, attemptOf(message), null, tx && within(tx));

/** Gives a message back: it is fetched again at once, with `retryCount` one higher. */
export async function returnMessage(message: Message, tx: Tx) {
  await running().fail(message.queue, attemptOf(message), null, within(tx));
  await ring(tx, queueTopic(message.queue));
}

/** Takes messages away that nobody has fetched yet, or whose holder has to find out by its heartbeat. */
export const deleteMessages = (tx: Tx, queue: QueueName, ids: string[]) =>
  running().deleteJob(queue, ids, within(tx));

/** The same order as in `jobs`: pg-boss takes the highest priority first, then the oldest. */
export const setPriorities = (tx: Tx, queue: QueueName, jobs: { id: string; priority: number }[]) =>
  clientOf(tx).unsafe(
    `update ${SCHEMA}.job set priority = given.priority
     from unnest($2::uuid[], $3::int[]) as given(id, priority)
     where job.name = $1 and job.id = given.id and job.priority <> given.priority`,
    [queue, jobs.map(({ id }) => id), jobs.map(({ priority }) => priority)],
  );

/** Files go after the rows that named them: when `tx` commits, a worker removes them. */
export const removeFiles = async (tx: Tx, keys: string[]) => {
  if (keys.length > 0) await enqueue(tx, 'files.remove', { data: { keys } });
};
