import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Resolves to exit code and signal when a process is gone, however long ago. */
export async function exitOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const { exitCode, signalCode } = child;
  if (exitCode !== null || signalCode !== null) return [exitCode, signalCode];
  const [code, signal] = await once(child, 'exit');
  return [code, signal];
}
