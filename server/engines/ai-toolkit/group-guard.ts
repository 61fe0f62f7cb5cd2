import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * `read` returns when we write (it was ended in order: nothing to do) or when our end of the pipe closes, which the kernel does
 * however we die. A number stays taken while its group has a member, so the group is the trainer's unless another process
 * leads it by now, which its start time tells.
 */
const SCRIPT = `
read -r _ && exit 0
pid=$1 started=$2
if stat=$(cat "/proc/$pid/stat" 2>/dev/null); then
  set -- \${stat##*) }
  [ "\${20}" = "$started" ] || exit 0
fi
kill -INT "$pid" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8; do sleep 0.25; kill -0 "-$pid" 2>/dev/null || exit 0; done
kill -KILL "-$pid"
`;

/**
 * Ends a process group when this process dies in any way, kill -9 included: a trainer that nobody listens to any more would
 * go on for hours on a GPU that the next attempt needs.
 */
export function guardGroup(pid: number): { release(): void } {
  const guardian = spawn('/bin/sh', ['-c', SCRIPT, 'isengard-trainer-guard', String(pid), startOf(pid)], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  // Its end may come first when somebody kills the guardian: that must not take a training down.
  guardian.on('error', () => {});
  guardian.stdin.on('error', () => {});
  if ('unref' in guardian.stdin && typeof guardian.stdin.unref === 'function') guardian.stdin.unref();
  return {
    release() {
      if (!guardian.stdin.writableEnded) guardian.stdin.end('released\n');
    },
  };
}

/** The start time of a process, in ticks since the boot; empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    // The name, in parentheses, may hold anything, so the fields are counted after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[19] ?? '';
  } catch {
    return '';
  }
}
