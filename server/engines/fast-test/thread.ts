import { Worker } from 'node:worker_threads';
import { EngineFailure } from '../failure.ts';

/** So many events may be on their way; then the thread waits for its reader. */
export const UNREAD_LIMIT = 16;
export type ToThread = { type: 'abort' } | { type: 'read' };
export type FromThread<Event> =
  | { type: 'event'; event: Event }
  | { type: 'failed'; failure: ConstructorParameters<typeof EngineFailure>[0] }
  | { type: 'done' };
/** `aborted` is one Int32, 1 after the abort: messages are not heard in the middle of a calculation. */
export type ThreadData<Input> = { input: Input; aborted: SharedArrayBuffer };

type Running<Event> = {
  next(): Promise<FromThread<Event>>;
  read(): void;
  abort(): void;
  stop(): Promise<void>;
};

/**
 * The events of a thread, for as long as someone reads them. Nothing starts before the first `next()`. However it ends,
 * by the thread, an abort, `return()` or `throw()`, even while a `next()` is waiting, the thread is gone afterwards.
 * After an abort the thread begins nothing new, tells what it has done (or the checkpoint that it saves would have a hole
 * before it), and has `graceMs` to save and stop.
 */
export function runThread<Input, Event>(of: {
  script: URL;
  input: Input;
  graceMs: number;
  signal: AbortSignal;
}): AsyncGenerator<Event, void> {
  const { script, input, graceMs, signal } = of;
  let running: Running<Event> | null = null;

  async function* events(): AsyncGenerator<Event, void> {
    if (signal.aborted) return;
    const thread = start<Input, Event>({ script, input, graceMs });
    running = thread;
    signal.addEventListener('abort', thread.abort, { once: true });
    try {
      while (true) {
        const message = await thread.next();
        if (message.type === 'done') return;
        if (message.type === 'failed') throw new EngineFailure(message.failure);
        yield message.event;
        thread.read();
      }
    } catch (error) {
      // What breaks while a thread is being stopped is of no use to anybody.
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', thread.abort);
      await thread.stop();
    }
  }

  const generator = events();
  // A generator that waits does not hear `return()`: end what it waits for, and it does.
  const ending = async <Result>(end: () => Promise<Result>) => {
    await running?.stop();
    return end();
  };
  return {
    next: () => generator.next(),
    return: () => ending(() => generator.return()),
    throw: (error) => ending(() => generator.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => ending(async () => void (await generator.return())),
  };
}

function start<Input, Event>(of: { script: URL; input: Input; graceMs: number }): Running<Event> {
  const { script, input, graceMs } = of;
  const aborted = new SharedArrayBuffer(4);
  const data: ThreadData<Input> = { input, aborted };
  const worker = new Worker(script, { workerData: data });
  const messages: FromThread<Event>[] = [];
  let waiting: { resolve(message: FromThread<Event>): void; reject(error: Error): void } | null = null;
  let ended: Error | 'stopped' | null = null;
  let grace: NodeJS.Timeout | undefined;

  function settle() {
    if (waiting === null) return;
    const message = messages.shift() ?? (ended === 'stopped' ? ({ type: 'done' } as const) : null);
    if (message !== null) waiting.resolve(message);
    else if (ended instanceof Error) waiting.reject(ended);
    else return;
    waiting = null;
  }
  function end(how: Error | 'stopped') {
    ended ??= how;
    settle();
  }
  worker.on('message', (message: FromThread<Event>) => {
    messages.push(message);
    settle();
  });
  worker.on('error', (error: Error) => end(crashed(error)));
  worker.on('exit', (code) => end(crashed(new Error(`its thread ended with code ${code}`))));

  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        settle();
      }),
    read: () => worker.postMessage({ type: 'read' } satisfies ToThread),
    abort() {
      Atomics.store(new Int32Array(aborted), 0, 1);
      worker.postMessage({ type: 'abort' } satisfies ToThread);
      if (graceMs > 0) grace = setTimeout(() => end('stopped'), graceMs);
      else {
        // Nothing to save: what is on its way is of no use any more.
        messages.length = 0;
        end('stopped');
      }
    },
    async stop() {
      clearTimeout(grace);
      messages.length = 0;
      end('stopped');
      await worker.terminate();
    },
  };
}

function crashed(error: Error): EngineFailure {
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const advice = 'Use a lower rank or fewer photos.';
    return new EngineFailure({ code: 'OUT_OF_MEMORY', message: 'The engine ran out of memory.', advice });
  }
  const advice = 'Try again; a training goes on from its last checkpoint.';
  const message = `The engine stopped unexpectedly: ${error.message}.`;
  return new EngineFailure({ code: 'ENGINE_CRASHED', message, advice, canRetry: true });
}
