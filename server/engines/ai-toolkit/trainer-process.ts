import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { guardGroup } from './group-guard.ts';
import { segmentsOf } from './segments.ts';

export type Ending = { code: number | null; signal: NodeJS.Signals | null };

export type TrainerProcess = {
  readonly pid: number;
  /** How it ended, when it has and all that it wrote was heard; null for as long as it runs. */
  readonly ending: Ending | null;
  /** Resolves when `ending` is there; rejects when it could not be started. */
  readonly ended: Promise<Ending>;
  /** To the trainer alone: what it has started (workers that load photos) goes with it, and would only make noise. */
  interrupt(): void;
  /** To it and all that it has started. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
};

/** A dead process is listed until its parent has looked, which is not for us to wait for. */
const GONE_MS = 1000;
/** How long the pipes of a trainer that has ended may stay open: what it wrote last is in them at once. */
const PIPES_MS = 2000;

/** Starts the trainer as the leader of a process group of its own. */
export function startTrainer(of: {
  python: string;
  dir: string;
  config: string;
  environment: Record<string, string>;
  hear: (segment: string, stream: 'stdout' | 'stderr') => void;
}): TrainerProcess {
  const child = spawn(of.python, ['run.py', of.config], {
    cwd: of.dir,
    env: of.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const guard = pid === undefined ? null : guardGroup(pid);
  const streams = (['stdout', 'stderr'] as const).map((name) => {
    const segments = segmentsOf((segment) => of.hear(segment, name));
    child[name].on('data', segments.write);
    return segments;
  });

  let ending: Ending | null = null;
  const ended = endingOf(child, () => signalGroup('SIGKILL')).then((how) => {
    for (const segments of streams) segments.end();
    ending = how;
    return how;
  });
  // It is looked at by who waits for the end.
  ended.catch(() => {});

  // A number that is free again may be given to somebody else.
  let isGone = pid === undefined;
  function signalGroup(signal: NodeJS.Signals) {
    if (pid !== undefined && !isGone) send(-pid, signal);
  }

  return {
    pid: pid ?? 0,
    get ending() {
      return ending;
    },
    ended,
    interrupt() {
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) send(pid, 'SIGINT');
    },
    signalGroup,
    async kill() {
      if (pid === undefined || isGone) return;
      signalGroup('SIGKILL');
      await ended.catch(() => {});
      for (const end = performance.now() + GONE_MS; isThere(-pid) && performance.now() < end; )
        await pause(10);
      isGone = true;
      guard?.release();
    },
  };
}

/**
 * What it has started may outlive it and hold its pipes open: so that goes first, and then the pipes close. What has left the
 * group is not ours to find, so they are waited for only so long.
 */
function endingOf(child: ChildProcess, killRest: () => void): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      killRest();
      const patience = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPES_MS);
      child.once('close', () => {
        clearTimeout(patience);
        resolve({ code, signal });
      });
    });
  });
}

function send(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
