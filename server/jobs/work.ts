import { setTimeout as pause } from 'node:timers/promises';
import { hear } from '../doorbell.ts';
import { log } from '../log.ts';
import { fetchNext, type Message, type QueueName, queueTopic } from './queue.ts';

/** NOTIFY wakes the loop; this is for the ring that was lost, and for what was to wait for a while. */
const LOOK_MS = 5000;
const AFTER_ERROR_MS = 1000;

type Slot = {
  queues: QueueName[];
  /** Those of `queues` that may be served now; all when left out. */
  openQueues?: (queues: QueueName[]) => Promise<QueueName[]>;
  /** Rung when that changes. */
  topics?: string[];
  run: (message: Message) => Promise<void>;
  /** No further message is fetched. */
  signal: AbortSignal;
};

/**
 * One slot: fetches a message, runs it, fetches the next the moment it is free. Resolves after `signal` aborts and the message
 * in hand is done with.
 */
export async function work({ queues, openQueues = async (all) => all, topics = [], run, signal }: Slot) {
  let rung = Promise.withResolvers<void>();
  const unhear = hear(() => rung.resolve(), [...queues.map(queueTopic), ...topics]);
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  while (!signal.aborted) {
    rung = Promise.withResolvers();
    try {
      const message = await fetchNext(await openQueues(queues));
      if (message) {
        await run(message);
        continue;
      }
    } catch (error) {
      log.error({ error }, 'Cannot work on the queue, trying again');
      await Promise.race([pause(AFTER_ERROR_MS), stopped]);
      continue;
    }
    const look = new AbortController();
    await Promise.race([
      rung.promise,
      stopped,
      pause(LOOK_MS, undefined, { signal: look.signal }).catch(() => {}),
    ]);
    look.abort();
  }
  unhear();
}
