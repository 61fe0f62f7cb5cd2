import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PARENT_VARIABLE } from './parent.ts';
import { signal } from './processes.ts';

/** What a forked process tells us: that it is up, or in one sentence why it cannot be. */
export type ChildMessage =
  | { type: 'listening'; url: string }
  | { type: 'ready' }
  | { type: 'failed'; message: string };

export type Supervised = {
  /** Resolves at the first `listening` (with its address) or `ready`; rejects when it ends or fails before. */
  ready: Promise<string | undefined>;
  /** Of the process that runs now; it changes with each restart. */
  pid(): number | undefined;
  /** SIGTERM, and SIGKILL for the whole process group after 30 s. */
  stop(): Promise<void>;
  kill(): void;
};

type Options = {
  name: string;
  module: string;
  env: NodeJS.ProcessEnv;
  log: Writable;
  /** It died too often to be restarted again. */
  onGivenUp(reason: string): void;
};

const START_SECONDS = 60;
const STOP_SECONDS = 30;
const QUICK_SECONDS = 10;
const MOST_QUICK_DEATHS = 5;

/** Runs `module` in a process of its own and starts it again when it dies: at once, then more slowly, then no more. */
export function supervise({ name, module, env, log, onGivenUp }: Options): Supervised {
  const given = { ...env };
  let isStopping = false;
  let current = run({ name, module, env: given, log });

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
    current = run({ name, module, env: given, log });
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
    pid: () => current.child.pid,
    kill: () => killGroup(current.child),
    async stop() {
      isStopping = true;
      const { child, ended } = current;
      child.kill('SIGTERM');
      const inTime = await Promise.race([
        ended.then(() => true),
        delay(STOP_SECONDS * 1000, false, { ref: false }),
      ]);
      if (!inTime) killGroup(child);
      await ended;
    },
  };
}

function run({ name, module, env, log }: Pick<Options, 'name' | 'module' | 'env' | 'log'>) {
  const child = fork(module, [], {
    env: { ...env, [PARENT_VARIABLE]: String(process.pid) },
    // A group of its own: Ctrl-C in the terminal is for us, who tell our children in the right order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const complaint = lastWords(child);
  const closed = once(child, 'close').catch(() => {});
  const ended = once(child, 'exit').then(async ([code, killedBy]) => {
    // The pipes may still hold its last words, but a process that it left behind may also keep them open for ever.
    await Promise.race([closed, delay(500)]);
    return killedBy === null ? `exit code ${code}` : String(killedBy);
  });
  const ready = new Promise<string | undefined>((resolve, reject) => {
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'listening') resolve(message.url);
      if (message.type === 'ready') resolve(undefined);
      if (message.type === 'failed') reject(new Error(message.message));
    });
    const late = () => reject(new Error(`The ${name} was not ready after ${START_SECONDS} s.`));
    setTimeout(late, START_SECONDS * 1000).unref();
    ended.then(
      (how) => reject(new Error(`The ${name} ended while it started (${how}).\n${complaint()}`.trim())),
      reject,
    );
  });
  return { child, ended, ready };
}

/** The end of what it wrote to stderr, where Node puts the error that it dies of. */
function lastWords(child: ChildProcess) {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
  });
  return () => words.trim();
}

function killGroup({ pid }: ChildProcess) {
  if (pid !== undefined) signal(-pid, 'SIGKILL');
}
