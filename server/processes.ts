import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const hasProc = existsSync('/proc/self/stat');

/**
 * What tells this process from a later one with the same pid: its start time. Undefined when nothing runs under the pid;
 * a zombie does not run, it only waits for its parent to look.
 */
export function identityOf(pid: number): string | undefined {
  try {
    if (!hasProc) return ps('lstart', pid) || undefined;
    // The name, in parentheses, may hold spaces and parentheses itself, so the fields are counted after the last one.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** The command line, where there is no /proc to ask better questions. */
export const commandOf = (pid: number) => ps('command', pid);

function ps(column: 'lstart' | 'command', pid: number) {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** Resolves to whether the process is gone before `seconds` have passed. Works for processes that are not our children. */
export async function isGoneWithin(
  seconds: number,
  pid: number,
  identity: string | undefined,
): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (identity !== undefined && identityOf(pid) === identity) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/** `process.kill` for a process that may have ended in the meantime. A negative pid means its process group. */
export function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
