import { z } from 'zod';
import { forgetOldAccess } from '../auth/forget.ts';
import { withTrace } from '../correlation.ts';
import { db, type Tx } from '../db.ts';
import { forgetOldArchives } from '../generation/archives.ts';
import { sweepTrash } from '../generation/trash.ts';
import { forgetOldKeys } from '../idempotency.ts';
import {
  forgetSentSchedules,
  type Message,
  returnMessage,
  settle,
  settleMessage,
  touch,
} from '../jobs/queue.ts';
import { log } from '../log.ts';
import { sweepDownloads } from '../models/models.ts';
import { checkConsistency } from './consistency.ts';
import { knowsFiles, sweepOrphans } from './orphans.ts';
import { forgetOldChecks, newCheck } from './report.ts';
import { pruneHistories } from './retention.ts';

export type Task = 'orphans' | 'history' | 'keys' | 'consistency' | 'parts' | 'trash';

/** What a message of the line asks for. `checkId`: a check that somebody waits for. */
const Order = z.object({
  task: z.enum(['orphans', 'history', 'keys', 'consistency', 'parts', 'trash']),
  checkId: z.string().optional(),
  hashes: z.boolean().default(false),
});
type Order = z.output<typeof Order>;

async function sweepVolume(signal: AbortSignal) {
  if (await knowsFiles()) return sweepOrphans({ signal });
  log.warn('The database names no file at all, so none on the volume is taken for left behind');
}

async function forgetOld() {
  await forgetOldKeys();
  await forgetOldAccess();
  await forgetOldChecks();
  await forgetOldArchives();
  await forgetSentSchedules();
}

/** Resolves to what is to be written in the transaction in which its message goes. */
type Work = (signal: AbortSignal, order: Order) => Promise<((tx: Tx) => Promise<void>) | undefined>;

const withoutResult =
  (work: (signal: AbortSignal) => Promise<unknown>): Work =>
  async (signal) =>
    void (await work(signal));

const TASKS: Record<Task, Work> = {
  orphans: withoutResult(sweepVolume),
  history: withoutResult(pruneHistories),
  keys: withoutResult(forgetOld),
  // Each worker sees its own folder of models, or none: which one gets a message is chance, so it comes often.
  parts: withoutResult(sweepDownloads),
  trash: withoutResult(sweepTrash),
  consistency: async (signal, { checkId, hashes }) =>
    checkConsistency(checkId ?? (await newCheck()), { signal, hashes }),
};

const HEARTBEAT_MS = 3000;

/**
 * Does what a message of the maintenance line asks for. A task that fails is not repeated at once: its next time comes. One that
 * is stopped in the middle goes to another worker; all of them can begin anew at any point.
 */
export const runMaintenance = (message: Message, shutdown: AbortSignal) =>
  withTrace({ correlationId: message.id }, async () => {
    const { data: order, error: unknown } = Order.safeParse(message.data);
    if (order !== undefined) return runTask(order, message, shutdown);
    // Of a newer version, say. It would come back for ever.
    log.error({ error: unknown }, 'A maintenance message asks for nothing that is known');
    await settleMessage(message);
  });

async function runTask(order: Order, message: Message, shutdown: AbortSignal) {
  const lost = new AbortController();
  const heart = setInterval(() => {
    touch(message).then(
      (isOurs) => !isOurs && lost.abort(),
      (error: unknown) => log.warn({ error }, 'Cannot keep a maintenance task, trying again'),
    );
  }, HEARTBEAT_MS);
  let keepResult: Awaited<ReturnType<Work>>;
  try {
    keepResult = await TASKS[order.task](AbortSignal.any([lost.signal, shutdown]), order);
  } catch (error) {
    if (lost.signal.aborted) return;
    if (shutdown.aborted)
      return void (await db.transaction((tx) => returnMessage(tx, { ...message, seconds: 0 })));
    log.error({ error, task: order.task }, 'A maintenance task failed');
  } finally {
    clearInterval(heart);
  }
  await db.transaction(async (tx) => {
    const { count } = await settle(tx, message);
    // Otherwise it is somebody else's by now, who comes to its end too.
    if (count === 1) await keepResult?.(tx);
  });
}
