import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import type { z } from 'zod';

export type ProcessLimits = {
  /** For one question, by the clock. Who has not answered by then is killed. */
  seconds: number;
  /** Of memory that it may write to. The limit is Linux's; macOS has none. */
  megabytes: number;
};

export type AnsweringProcess<Question, Answer> = {
  /** One question at a time. Rejects with `ProcessEnded` or `TooSlow` when there is no answer. */
  ask(question: Question): Promise<Answer>;
  end(): void;
  hasEnded(): boolean;
  ended: Promise<unknown>;
};

/** It ended over the question; the message says how. */
export class ProcessEnded extends Error {}

/** It was killed, because it took too long. */
export class TooSlow extends Error {}

const START_MS = 30_000;
/** What Node has before it does anything, most of it reserved for machine code and never used. */
const OF_NODE_MEGABYTES = 600;

/**
 * When memory gets short, the kernel ends this process and not the database. It writes no file, not even a core, which would
 * have a photo in it.
 */
const SCRIPT = `
{ echo 1000 > /proc/self/oom_score_adj; } 2>/dev/null
ulimit -c 0 2>/dev/null
ulimit -f 0 2>/dev/null
ulimit -d "$1" 2>/dev/null
shift
exec "$@"
`;

/** It gets none of our environment: it needs no secret, so it can give none away. */
function forked(module: string, megabytes: number) {
  const kilobytes = String((OF_NODE_MEGABYTES + megabytes) * 1024);
  return fork(module, [], {
    execPath: '/bin/sh',
    execArgv: ['-c', SCRIPT, 'isengard-child', kilobytes, process.execPath],
    env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/**
 * Starts a process that answers questions about files of others: `module` says 'ready', and then answers each message with one. It is
 * believed nothing but what `answer` lets through, because a file that has taken it over can say anything. It keeps ours alive while
 * it is asked something.
 */
export function startAnswering<Question extends Serializable, Answer>(of: {
  module: string;
  /** What it does, for who has to find out why it does not start: `decoder of pictures`. */
  name: string;
  answer: z.ZodType<Answer>;
  limits: ProcessLimits;
}): AnsweringProcess<Question, Answer> {
  const { seconds, megabytes } = of.limits;
  const child = forked(of.module, megabytes);
  const end = () => void child.kill('SIGKILL');
  const ended = endOf(child);
  let how: string | undefined;
  let waiting: PromiseWithResolvers<unknown> | undefined;
  child.on('message', (message) => waiting?.resolve(message));
  void ended.then((reason) => {
    how = reason;
    waiting?.reject(new ProcessEnded(reason));
  });

  async function nextMessage(ms: number, late: Error) {
    if (how !== undefined) throw new ProcessEnded(how);
    waiting = Promise.withResolvers();
    const { promise, reject } = waiting;
    const timer = setTimeout(() => {
      reject(late);
      end();
    }, ms);
    return promise.finally(() => clearTimeout(timer));
  }
  const ready = nextMessage(START_MS, new ProcessEnded(`not ready after ${START_MS / 1000} s`));
  ready.catch(() => {});

  async function ask(question: Question) {
    await ready.catch((error: Error) => {
      throw new Error(`The ${of.name} does not start (${error.message}); \`node ${of.module}\` may say why.`);
    });
    const message = nextMessage(seconds * 1000, new TooSlow(`no answer within ${seconds} seconds`));
    // When it does not reach the process, that has ended, which is heard all the same.
    child.send(question, () => {});
    return of.answer.parse(await message);
  }

  return {
    ask: (question) => whileAlive(child, () => ask(question)),
    end,
    hasEnded: () => how !== undefined,
    ended,
  };
}

function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  child.on('error', (error) => {
    // Of one that runs, it is only a message or a signal that did not reach it.
    if (child.pid === undefined) resolve(error.message);
  });
  return promise;
}

/** An idle child must not keep us from ending, and one that is busy must. */
async function whileAlive<Result>(child: ChildProcess, run: () => Promise<Result>): Promise<Result> {
  child.ref();
  child.channel?.ref();
  try {
    return await run();
  } finally {
    child.unref();
    child.channel?.unref();
  }
}
