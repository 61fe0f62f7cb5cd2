import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, inArray, lt, not, sql } from 'drizzle-orm';
import { jobs, workers } from '#schema/jobs.ts';
import { db, one } from '../db.ts';
import { ring } from '../doorbell.ts';
import { isId, NotFound } from '../errors.ts';
import { followState } from '../follow-state.ts';
import { info } from '../info.ts';
import { log } from '../log.ts';
import { type HealthOf, reportsOf } from './engine-reports.ts';
import { readGpu } from './gpu.ts';
import { type JobDetails, selectJobs, withDetails } from './jobs.ts';

export type Worker = typeof workers.$inferSelect;
export type WorkerState = 'idle' | 'busy' | 'draining' | 'drained' | 'lost';

/** Rung when a worker comes, goes, takes or ends a job, is drained, falls silent or is heard again; not at its heartbeats. */
export const WORKERS_TOPIC = 'workers';
/** Rung when a worker has to look what is asked of it. */
export const workerTopic = (id: string) => `worker:${id}`;

const HEARTBEAT_MS = 5000;
/** How often its engines are asked how they are. */
const LOOK_MS = 5000;
/** A row that was not renewed for so long is taken for lost; after a day it is forgotten. */
const LOST_AFTER_MS = 15_000;
export const IS_LOST = sql`${workers.lastSeenAt} < now() - make_interval(secs => ${LOST_AFTER_MS / 1000})`;
const IS_FORGOTTEN = lt(workers.lastSeenAt, sql`now() - interval '1 day'`);

/** Tells that this process works, and goes on telling until `leave`. */
export async function joinWorkers(engines: string[], healthOf: HealthOf) {
  const gpu = await readGpu();
  const about = {
    host: hostname(),
    pid: process.pid,
    version: info.version,
    engines,
    gpuUuid: gpu?.uuid ?? null,
    gpuName: gpu?.name ?? null,
    gpuMemoryBytes: gpu?.memoryBytes ?? null,
    engineReports: await reportsOf(engines, healthOf),
  };
  const worker = one(await db.insert(workers).values(about).returning());
  const { id } = worker;
  await db.delete(workers).where(IS_FORGOTTEN);
  await ring(db, WORKERS_TOPIC);
  let beating = Promise.resolve();
  const heart = setInterval(() => {
    beating = beat(worker).catch((error: unknown) =>
      log.warn({ error }, 'Cannot tell that this worker lives, trying again'),
    );
  }, HEARTBEAT_MS);
  const watch = watchEngines(worker, healthOf);
  return {
    worker,
    async leave() {
      clearInterval(heart);
      await Promise.all([beating, watch.stop()]);
      try {
        await db.delete(workers).where(eq(workers.id, id));
        await ring(db, WORKERS_TOPIC);
      } catch (error) {
        log.warn({ error }, 'Cannot tell that this worker goes; it will count as lost');
      }
    },
  };
}

/** Keeps what the row says of its engines up to date. */
function watchEngines(worker: Worker, healthOf: HealthOf) {
  let looking = Promise.resolve();
  async function look() {
    const engineReports = await reportsOf(worker.engines, healthOf);
    if (isDeepStrictEqual(engineReports, worker.engineReports)) return;
    await db.update(workers).set({ engineReports }).where(eq(workers.id, worker.id));
    // Not before: what could not be written is written at the next look.
    worker.engineReports = engineReports;
    await ring(db, WORKERS_TOPIC);
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      log.warn({ error }, 'Cannot tell how the engines are, trying again');
    });
  }, LOOK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** One that was silent for a day was forgotten, and is told of again when it comes back. */
async function beat(worker: Worker) {
  const lastSeenAt = sql`now()`;
  await db
    .insert(workers)
    .values({ ...worker, lastSeenAt })
    .onConflictDoUpdate({ target: workers.id, set: { lastSeenAt } });
}

export type WorkerInfo = Worker & { isLost: boolean; jobs: JobDetails[] };

/** All that were seen within a day, the oldest first, with the jobs that they have in hand. */
export async function listWorkers(): Promise<WorkerInfo[]> {
  const rows = await db
    .select({ worker: workers, isLost: sql<boolean>`${IS_LOST}` })
    .from(workers)
    .where(not(IS_FORGOTTEN))
    .orderBy(asc(workers.id));
  const ids = rows.map(({ worker }) => worker.id);
  const running = withDetails(
    await selectJobs()
      .where(and(inArray(jobs.workerId, ids), eq(jobs.state, 'running')))
      .orderBy(asc(jobs.id)),
  );
  return rows.map(({ worker, isLost }) => ({
    ...worker,
    isLost,
    jobs: running.filter(({ workerId }) => workerId === worker.id),
  }));
}

export function stateOf({ isLost, drainingAt, jobs: inHand }: WorkerInfo): WorkerState {
  if (isLost) return 'lost';
  if (drainingAt !== null) return inHand.length > 0 ? 'draining' : 'drained';
  return inHand.length > 0 ? 'busy' : 'idle';
}

/** All of them as they are, then after each change. Never ends by itself. */
export const followWorkers = () =>
  followState({ topic: WORKERS_TOPIC, read: listWorkers, isLast: () => false });

/** Whether a worker takes jobs. Nothing starts on it any more when this has answered that it does not. */
export async function setDraining(workerId: string, isDraining: boolean): Promise<WorkerInfo> {
  const found = await db.transaction(async (tx) => {
    const drainingAt = isDraining ? sql`coalesce(${workers.drainingAt}, now())` : null;
    const changed = isId(workerId)
      ? await tx.update(workers).set({ drainingAt }).where(eq(workers.id, workerId)).returning()
      : [];
    for (const topic of [WORKERS_TOPIC, workerTopic(workerId)]) if (changed.length > 0) await ring(tx, topic);
    return changed.length > 0;
  });
  const worker = found ? (await listWorkers()).find(({ id }) => id === workerId) : undefined;
  if (worker === undefined) throw new NotFound('worker', workerId);
  return worker;
}

export async function isDraining(workerId: string): Promise<boolean> {
  const [row] = await db
    .select({ drainingAt: workers.drainingAt })
    .from(workers)
    .where(eq(workers.id, workerId));
  return row?.drainingAt != null;
}
