import type { AnsweringProcess } from './answering-process.ts';
import { gate } from './gate.ts';

export type PoolLimits = {
  /** Processes at a time. */
  most: number;
  /** Who has nothing to do for so long is ended. */
  idleSeconds: number;
};

/**
 * Asks processes that are started when they are needed. A question that gets no answer costs the process that was asked, and nothing
 * else; one that says that it is tired holds memory which it will not give back, and is replaced.
 */
export function poolOf<Question, Answer extends { isTired: boolean }>(
  start: () => AnsweringProcess<Question, Answer>,
  { most, idleSeconds }: PoolLimits,
) {
  type Process = AnsweringProcess<Question, Answer>;
  const running = new Set<Process>();
  const idle: { process: Process; timer: NodeJS.Timeout }[] = [];
  const atATime = gate(most);
  process.once('exit', () => {
    for (const { end } of running) end();
  });

  function started() {
    const child = start();
    running.add(child);
    void child.ended.then(() => running.delete(child));
    return child;
  }

  function takeIdle(): Process | undefined {
    const taken = idle.pop();
    clearTimeout(taken?.timer);
    return taken?.process.hasEnded() ? takeIdle() : taken?.process;
  }

  function rest(child: Process) {
    const resting = { process: child, timer: setTimeout(leave, idleSeconds * 1000).unref() };
    function leave() {
      idle.splice(idle.indexOf(resting), 1);
      child.end();
    }
    idle.push(resting);
  }

  async function ask(question: Question): Promise<Answer> {
    const child = takeIdle() ?? started();
    let isUsable = false;
    try {
      const answer = await child.ask(question);
      isUsable = !answer.isTired;
      return answer;
    } finally {
      if (isUsable) rest(child);
      else child.end();
    }
  }

  return (question: Question) => atATime(() => ask(question));
}
