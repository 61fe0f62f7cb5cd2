import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PARENT_VARIABLE } from '../parent.ts';
import type { ChildMessage } from '../supervise.ts';
import { readable } from './readable-log.ts';

export type WatchedProcess = {
  /** Resolves when it is up for the first time: with its address, if it has one. */
  ready: Promise<string | undefined>;
  restart(): void;
  stop(): Promise<void>;
};

/** A process of ours under development: started again when told, and after a crash only then, when its source has changed. */
export function watchProcess(file: string, given: NodeJS.ProcessEnv): WatchedProcess {
  const env = { ...given, [PARENT_VARIABLE]: String(process.pid) };
  const first = Promise.withResolvers<string | undefined>();
  let isStopping = false;
  let child = start();
  let restarting: Promise<void> | undefined;

  function start() {
    const started = fork(join(import.meta.dirname, '..', file), [], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [started.stdout, started.stderr])
      if (stream !== null)
        createInterface(stream).on('line', (line) => void process.stdout.write(`${readable(line)}\n`));
    started.on('message', (message: ChildMessage) => {
      if (message.type === 'set-up') process.stdout.write(`\n  become the owner  ${message.url}\n`);
      if (message.type === 'listening') first.resolve(message.url);
      if (message.type === 'ready') first.resolve(undefined);
    });
    started.on('exit', (code, signal) => {
      if (restarting === undefined && !isStopping)
        process.stdout.write(`${file} ended (${signal ?? code}) and starts again with the next change.\n`);
    });
    return started;
  }

  async function startAgain() {
    await end(child);
    if (!isStopping) child = start();
    restarting = undefined;
  }

  return {
    ready: first.promise,
    restart() {
      restarting ??= startAgain();
    },
    async stop() {
      isStopping = true;
      await restarting;
      await end(child);
    },
  };
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(late);
}
