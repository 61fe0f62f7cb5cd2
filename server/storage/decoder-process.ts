import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { Answer, type Question } from './decoder-protocol.ts';
import { UnreadablePicture } from './unreadable.ts';

export type DecoderLimits = {
  /** For one picture, by the clock. Who is not done by then is killed. */
  seconds: number;
  /** Of memory that it may write to. The limit is Linux's; macOS has none, and only that of pixels bounds it there. */
  megabytes: number;
};

export type Decoder = {
  /** One question at a time. Rejects with UnreadablePicture when the process ends over the picture. */
  ask(question: Question): Promise<Answer>;
  end(): void;
  hasEnded(): boolean;
  ended: Promise<unknown>;
};

const MODULE = join(import.meta.dirname, 'decoder.ts');
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
function forked(megabytes: number) {
  const kilobytes = String((OF_NODE_MEGABYTES + megabytes) * 1024);
  return fork(MODULE, [], {
    execPath: '/bin/sh',
    execArgv: ['-c', SCRIPT, 'isengard-decoder', kilobytes, process.execPath],
    env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/** Starts a process that decodes pictures. It keeps ours alive while it is asked something. */
export function startDecoder({ seconds, megabytes }: DecoderLimits): Decoder {
  const child = forked(megabytes);
  const end = () => void child.kill('SIGKILL');
  const ended = endOf(child);
  let how: string | undefined;
  let waiting: PromiseWithResolvers<unknown> | undefined;
  child.on('message', (message) => waiting?.resolve(message));
  void ended.then((reason) => {
    how = reason;
    waiting?.reject(new DecoderEnded(reason));
  });

  async function nextMessage(ms: number, late: Error) {
    if (how !== undefined) throw new DecoderEnded(how);
    waiting = Promise.withResolvers();
    const { promise, reject } = waiting;
    const timer = setTimeout(() => {
      reject(late);
      end();
    }, ms);
    return promise.finally(() => clearTimeout(timer));
  }
  const ready = nextMessage(START_MS, new DecoderEnded(`not ready after ${START_MS / 1000} s`));
  ready.catch(() => {});

  async function ask(question: Question) {
    await ready.catch((error: Error) => {
      const why = `\`node server/storage/decoder.ts\` may say why`;
      throw new Error(`The decoder of pictures does not start (${error.message}); ${why}.`);
    });
    try {
      const message = nextMessage(seconds * 1000, tooSlow(seconds));
      // When it does not reach the process, that has ended, which is heard all the same.
      child.send(question, () => {});
      return Answer.parse(await message);
    } catch (error) {
      throw error instanceof DecoderEnded ? fatal(error) : error;
    }
  }

  return {
    ask: (question) => whileAlive(child, () => ask(question)),
    end,
    hasEnded: () => how !== undefined,
    ended,
  };
}

class DecoderEnded extends Error {}

const tooSlow = (seconds: number) =>
  new UnreadablePicture('UNDECODABLE', `The picture cannot be decoded within ${seconds} seconds.`);

const fatal = ({ message }: DecoderEnded) =>
  new UnreadablePicture('UNDECODABLE', `The decoder ended over this picture (${message}).`);

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
