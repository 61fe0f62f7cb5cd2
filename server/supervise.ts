import { type ChildProcess, fork } from 'node:child_process';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PARENT_VARIABLE } from './parent.ts';
import { signal } from './processes.ts';

/** What a forked process tells us: that it is up, or in one sentence why it cannot be. */
export type ChildMessage =
  | { type: 'listening'; url: string }
  /** Before it: that it has no owner yet, and the link by which one gets to be it. */
  | { type: 'set-up'; url: string }
  | { type: 'ready' }
  | { type: 'failed'; message: string };

export type Supervised = {
  /** Resolves at the first `listening` (with its address) or `ready`; rejects when it ends or fails before. */
  ready: Promise<string | undefined>;
  /** Of the process that runs now; it changes with each restart. */
  pid(): number | undefined;
  /** SIGTERM, and SIGKILL for the whole process group after `stopSeconds`. */
  stop(): Promise<void>;
  kill(): void;
};

type Options = {
  name: string;
  module: string;
  env: NodeJS.ProcessEnv;
  log: Writable;
  /** Who is not ready by then is killed. */
  startSeconds?: number;
  /** Who has not ended so long after it was told to is killed. */
  stopSeconds?: number;
  /** Whatever else it tells. */
  onMessage?(message: ChildMessage): void;
  /** It died too often to be restarted again. */
  onGivenUp(reason: string): void;
};

const QUICK_SECONDS = 10;
const MOST_QUICK_DEATHS = 5;

/** Runs `module` in a process of its own and starts it again when it dies: at once, then more slowly, then no more. */
export function supervise({
  onGivenUp,
  startSeconds = 60,
  stopSeconds = 30,
  ...options
}: Options): Supervised {
  const { name } = options;
  const given = { ...options.env };
  let isStopping = false;
  const runAgain = () => run({ ...options, startSeconds, env: given });
  let current = runAgain();

  async function keepRunning(deaths: number): Promise<void> {
    const since = performance.now();
    const how = await current.ended;
    if (isStopping) return;
    const lived = (performance.now() - since) / 1000;
    const quickDeaths = lived < QUICK_SECONDS ? deaths + 1 : 1;
    if (quickDeaths >= MOST_QUICK_DEATHS)
      return onGivenUp(`The ${name} stopped ${quickDeaths} times in a row (${how}).`);
    if (quickDeaths > 1) await delay(100 * 2 ** quickDeaths);
    if (isStopping) return;
    current = runAgain();
    current.ready.catch(() => {});
    return keepRunning(quickDeaths);
  }

  const ready = current.ready.then((url) => {
    // A restarted API must come back where its clients look for it, also when the port was chosen freely.
    if (url !== undefined) given.PORT = new URL(url).port || given.PORT;
    void keepRunning(0);
    return url;
  });
  ready.catch(() => {});

  return {
    ready,
    pid: () => current.child?.pid,
    kill: () => killGroup(current.child),
    async stop() {
      isStopping = true;
      const { child, ended } = current;
      child?.kill('SIGTERM');
      const inTime = await Promise.race([
        ended.then(() => true),
        delay(stopSeconds * 1000, false, { ref: false }),
      ]);
      if (!inTime) killGroup(child);
      await ended;
    },
  };
}

type Run = {
  child: ChildProcess | undefined;
  /** Resolves to how it ended; also when it never began, because the system had no process left for it. */
  ended: Promise<string>;
  ready: Supervised['ready'];
};

type RunOptions = Omit<Options, 'onGivenUp' | 'stopSeconds'> & { startSeconds: number };

function run(options: RunOptions): Run {
  try {
    return watch(forked(options), options);
  } catch (error) {
    // Node throws some of the system's errors and emits others.
    const reason = error instanceof Error ? error.message : String(error);
    const ready = Promise.reject(new Error(`The ${options.name} did not start (${reason}).`));
    return { child: undefined, ended: Promise.resolve(reason), ready };
  }
}

const forked = ({ module, env }: RunOptions) =>
  fork(module, [], {
    env: { ...env, [PARENT_VARIABLE]: String(process.pid) },
    // A group of its own: Ctrl-C in the terminal is for us, who tell our children in the right order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });

function watch(child: ChildProcess, { name, log, startSeconds, onMessage }: RunOptions): Run {
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const complaint = lastWords(child);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = endOf(child, closed);
  const ready = new Promise<string | undefined>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`The ${name} was not ready after ${startSeconds} s.`));
      killGroup(child);
    }, startSeconds * 1000).unref();
    child.on('message', (message: ChildMessage) => {
      onMessage?.(message);
      if (message.type === 'set-up') return;
      clearTimeout(late);
      if (message.type === 'listening') resolve(message.url);
      if (message.type === 'ready') resolve(undefined);
      if (message.type === 'failed') reject(new Error(message.message));
    });
    void ended.then((how) => {
      clearTimeout(late);
      reject(new Error(`The ${name} ended while it started (${how}).\n${complaint()}`.trim()));
    });
  });
  return { child, ended, ready };
}

function endOf(child: ChildProcess, closed: Promise<unknown>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.on('error', (error) => {
    // Of one that runs, it is only a message or a signal that did not reach it.
    if (child.pid === undefined) resolve(error.message);
  });
  child.once('exit', async (code, killedBy) => {
    // The pipes may still hold its last words, but a process that it left behind may also keep them open for ever.
    await Promise.race([closed, delay(500)]);
    resolve(killedBy === null ? `exit code ${code}` : killedBy);
  });
  return promise;
}

/** The end of what it wrote to stderr, where Node puts the error that it dies of. */
function lastWords(child: ChildProcess) {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
  });
  return () => words.trim();
}

function killGroup(child: ChildProcess | undefined) {
  if (child?.pid !== undefined) signal(-child.pid, 'SIGKILL');
}
