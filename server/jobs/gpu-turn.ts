import { and, eq, inArray, isNull, lte, not, or, sql } from 'drizzle-orm';
import { jobs, queues, workers } from '#schema/jobs.ts';
import { db, type Tx } from '../db.ts';
import { env } from '../env.ts';
import type { JobKind } from './jobs.ts';
import type { QueueName } from './queue.ts';
import { IS_LOST, type Worker } from './workers.ts';

/** What a job needs the GPU for; other kinds go on beside it. */
const GPU_KINDS = ['training', 'generation'] as const satisfies JobKind[];
const needsGpu = (queue: QueueName) => GPU_KINDS.some((kind) => queue.startsWith(`${kind}.`));

/** Who has just had the GPU lets others go first, but not for longer than they need to take what waits for them. */
const COURTESY_MS = 10_000;

type Holder = Pick<Worker, 'id' | 'gpuUuid'>;
const isShared = ({ gpuUuid }: Holder) => gpuUuid !== null && env.GPU_EXCLUSIVE === 'on';

/** Whether a job runs on this GPU, with whatever worker. Two large models do not fit into one. */
const isBusy = async (reader: Pick<Tx, 'select'>, { gpuUuid }: Holder) => {
  const [running] = await reader
    .select({ id: jobs.id })
    .from(jobs)
    .innerJoin(workers, eq(workers.id, jobs.workerId))
    .where(and(eq(jobs.state, 'running'), eq(workers.gpuUuid, gpuUuid ?? ''), inArray(jobs.kind, GPU_KINDS)))
    .limit(1);
  return running !== undefined;
};

/** Whether a job waits that another slot on this GPU could take now. */
async function isOtherWaiting({ gpuUuid }: Holder, mine: QueueName[]) {
  const served = db
    .select({ queue: sql<string>`unnest(${workers.engines})`.as('queue') })
    .from(workers)
    .where(and(eq(workers.gpuUuid, gpuUuid ?? ''), isNull(workers.drainingAt), not(IS_LOST)))
    .as('served');
  const [waiting] = await db
    .select({ id: jobs.id })
    .from(jobs)
    .innerJoin(served, sql`${served.queue} = ${jobs.kind} || '.' || ${jobs.engine}`)
    .leftJoin(queues, eq(queues.name, served.queue))
    .where(
      and(
        eq(jobs.state, 'queued'),
        inArray(jobs.kind, GPU_KINDS),
        isNull(queues.pausedAt),
        or(isNull(jobs.retryAt), lte(jobs.retryAt, sql`now()`)),
        sql`${served.queue} <> all(${sql.param(mine)}::text[])`,
      ),
    )
    .limit(1);
  return waiting !== undefined;
}

/** Of one slot: whether it may take a job now. `had` is told after each job that it has run. */
export function gpuTurn(worker: Holder, queues: QueueName[]) {
  let hadAt = Number.NEGATIVE_INFINITY;
  if (!isShared(worker) || !queues.some(needsGpu)) return { isOpen: async () => true, had: () => {} };
  return {
    async isOpen() {
      if (await isBusy(db, worker)) {
        hadAt = Number.NEGATIVE_INFINITY;
        return false;
      }
      return performance.now() - hadAt > COURTESY_MS || !(await isOtherWaiting(worker, queues));
    },
    had() {
      hadAt = performance.now();
    },
  };
}

/** The same, when a job is taken: of two who saw the GPU free one gets it. Holds until `tx` ends. */
export async function mayUseGpu(tx: Tx, worker: Holder, queue: QueueName): Promise<boolean> {
  if (!isShared(worker) || !needsGpu(queue)) return true;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`gpu:${worker.gpuUuid}`}, 0))`);
  return !(await isBusy(tx, worker));
}
