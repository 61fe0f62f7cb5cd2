import { and, eq } from 'drizzle-orm';
import { jobs } from '#schema/jobs.ts';
import { db } from '../db.ts';
import { hear } from '../doorbell.ts';
import { log } from '../log.ts';
import { stopTopic } from './jobs.ts';
import { type Message, touch } from './queue.ts';
import { heldBy } from './record.ts';

/** Why a run has to stop before its end. */
export type StopReason = 'cancelled' | 'lost' | 'shutdown' | 'stalled';

/** Well below the queue's heartbeat limit of 10 s, so that one slow beat loses nothing. */
const HEARTBEAT_MS = 3000;

/** Keeps the lease alive, and aborts the run when it is lost, when a stop is asked for, or when the worker shuts down. */
export function watchLease(options: {
  message: Message;
  attempt: number;
  stop: AbortController;
  shutdown: AbortSignal;
}): () => void {
  const { message, attempt, stop, shutdown } = options;
  const abort = (reason: StopReason) => stop.abort(reason);
  const onShutdown = () => abort('shutdown');
  if (shutdown.aborted) onShutdown();
  shutdown.addEventListener('abort', onShutdown);

  async function look() {
    const [row] = await db
      .select({ cancelRequestedAt: jobs.cancelRequestedAt })
      .from(jobs)
      .where(and(eq(jobs.id, message.id), heldBy(attempt)));
    if (row === undefined) abort('lost');
    else if (row.cancelRequestedAt !== null) abort('cancelled');
  }
  let isBeating = false;
  async function beat() {
    // While the database is away a beat waits for it, and one is enough.
    if (isBeating) return;
    isBeating = true;
    try {
      if (!(await touch(message))) abort('lost');
      await look();
    } finally {
      isBeating = false;
    }
  }
  // A look that fails (the database is away) is repeated by the next beat; the lease decides.
  const quietly = (looking: Promise<void>) =>
    void looking.catch((error: unknown) => log.warn({ error }, 'Cannot look after the lease, trying again'));
  const unhear = hear(() => quietly(look()), [stopTopic(message.id)]);
  const heart = setInterval(() => quietly(beat()), HEARTBEAT_MS);
  quietly(look());

  return () => {
    clearInterval(heart);
    unhear();
    shutdown.removeEventListener('abort', onShutdown);
  };
}
