import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { EngineFailure } from '../failure.ts';
import { type FromThread, type ThreadData, type ToThread, UNREAD_LIMIT } from './thread.ts';

/** The thread's side of `runThread`. */
export type Port<Event> = {
  /** Resolves when the reader is close enough behind: a slow reader makes the work slow, not the memory full. */
  tell(event: Event): Promise<void>;
  /** Resolves when the reader has handled everything that was told. */
  everythingRead(): Promise<void>;
  /** True from the moment of the abort, even in the middle of a calculation. */
  isAborted(): boolean;
  untilAborted: Promise<void>;
  /** Waits, if only to let messages in; an abort ends it early. */
  pause(milliseconds: number): Promise<void>;
};

/** Runs `work` as this thread's only task, and reports how it ended. */
export function serveThread<Input, Event>(work: (input: Input, port: Port<Event>) => Promise<void>) {
  if (parentPort === null) throw new Error('This file runs in a worker thread.');
  const parent = parentPort;
  const { input, aborted } = workerData as ThreadData<Input>;
  const flag = new Int32Array(aborted);
  const abort = new AbortController();
  const untilAborted = new Promise<void>((resolve) => {
    abort.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let unread = 0;
  let readers: { limit: number; resolve: () => void }[] = [];
  const send = (message: FromThread<Event>) => parent.postMessage(message);
  const unreadBelow = (limit: number) =>
    new Promise<void>((resolve) => {
      if (unread < limit || abort.signal.aborted) resolve();
      else readers.push({ limit, resolve });
    });

  parent.on('message', (message: ToThread) => {
    if (message.type === 'abort') abort.abort();
    else unread -= 1;
    const ready = readers.filter(({ limit }) => unread < limit || abort.signal.aborted);
    readers = readers.filter((reader) => !ready.includes(reader));
    for (const { resolve } of ready) resolve();
  });

  const port: Port<Event> = {
    tell(event) {
      unread += 1;
      send({ type: 'event', event });
      return unreadBelow(UNREAD_LIMIT);
    },
    everythingRead: () => unreadBelow(1),
    isAborted: () => Atomics.load(flag, 0) === 1,
    untilAborted,
    pause: (milliseconds) => wait(milliseconds, undefined, { signal: abort.signal }).catch(() => undefined),
  };

  work(input, port)
    .then(() => send({ type: 'done' }))
    .catch((error: unknown) => {
      const failure = failureOf(error);
      if (failure === null) throw error;
      const { code, message, advice, canRetry, suggestion } = failure;
      const help = { ...(advice === null ? {} : { advice }), ...(suggestion === null ? {} : { suggestion }) };
      send({ type: 'failed', failure: { code, message, canRetry, ...help } });
    })
    .finally(() => parent.close());
}

/** What went wrong, if it has a name; anything else ends the thread, and counts as a crash. */
function failureOf(error: unknown): EngineFailure | null {
  if (error instanceof EngineFailure) return error;
  if (!(error instanceof Error) || !('code' in error)) return null;
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') return null;
  const advice = 'Free some space on the volume, then try again.';
  return new EngineFailure({ code: 'DISK_FULL', message: 'The disk is full.', advice, canRetry: true });
}
