import { setTimeout as pause } from 'node:timers/promises';
import { hear } from '../doorbell.ts';
import { log } from '../log.ts';
import { fetchNext, type Message, type QueueName, queueTopic } from './queue.ts';

/** NOTIFY wakes the loop; this is for the ring that was lost. */
const LOOK_MS = 5000;
const AFTER_ERROR_MS = 1000;

/**
 * One slot: fetches a message, runs it, fetches the next the moment it is free. The queues take turns, so that a long
 * line in one does not starve the others. Resolves after `signal` aborts and the message in hand is done with.
 */
export async function work(
  queues: QueueName[],
  run: (message: Message) => Promise<void>,
  signal: AbortSignal,
) {
  const topics = new Set<string | null>([null, ...queues.map(queueTopic)]);
  let rung = Promise.withResolvers<void>();
  const unhear = hear((topic) => {
    if (topics.has(topic)) rung.resolve();
  });
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );

  let order = queues;
  while (!signal.aborted) {
    rung = Promise.withResolvers();
    try {
      const message = await fetchNext(order);
      if (message) {
        order = [...order.filter((queue) => queue !== message.queue), message.queue];
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
