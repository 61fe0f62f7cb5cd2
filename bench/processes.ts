import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Process = {
  pid: number;
  /** Sends a message and resolves to the next one that comes back. */
  ask<Answer>(message: object): Promise<Answer>;
  /** What it said first: that it is ready. */
  ready: { url?: string };
  stop(): Promise<void>;
};

const running = new Set<ChildProcess>();

/** Starts a module beside this folder in a process of its own; it says that it is ready by a message to us. */
export async function start(module: string, env: NodeJS.ProcessEnv = {}): Promise<Process> {
  const child = fork(fileURLToPath(new URL(`../${module}`, import.meta.url)), {
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const message = async () => {
    const [answer] = await Promise.race([once(child, 'message'), exited.then(() => [null])]);
    if (answer === null) throw new Error(`${module} ended too early.`);
    if (answer.type === 'failed') throw new Error(answer.message);
    return answer;
  };
  const ready = await message();
  return {
    pid: child.pid ?? 0,
    ready,
    ask(question) {
      const answer = message();
      child.send(question);
      return answer;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

/** For a module that is started so: tells that it is ready and answers each message. */
export function answer<Question>(ready: object, handle: (question: Question) => Promise<object>) {
  process.on('message', async (question: Question) => {
    try {
      process.send?.(await handle(question));
    } catch (error) {
      process.send?.({ type: 'failed', message: String(error) });
    }
  });
  process.on('SIGTERM', () => process.exit());
  process.on('disconnect', () => process.exit());
  process.send?.(ready);
}
