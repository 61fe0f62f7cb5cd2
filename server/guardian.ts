import { spawn } from 'node:child_process';
import { identityOf } from './processes.ts';

/**
 * `read` returns when we write (a proper stop: nothing to do) or when our end of the pipe closes, which the kernel does however
 * we die. The start time is compared as `identityOf` does, for the pid may belong to something else by then.
 */
const SCRIPT = `
read -r _ && exit 0
pid=$1 identity=$2
runs() {
  if [ -r /proc/self/stat ]; then
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
    set -- \${stat##*) }
    [ "$1" != Z ] && [ "\${20}" = "$identity" ]
  else
    [ "$(ps -o lstart= -p "$pid" | xargs)" = "$(echo "$identity" | xargs)" ]
  fi
}
runs && kill -INT "$pid"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.25; runs || exit 0; done
kill -QUIT "$pid"
`;

/** `release` it after a proper stop, or when there is nothing to guard any more; twice is once. */
export type Guard = { release(): void };

/**
 * Runs a script of the shell that waits on a pipe (`read -r _ && exit 0`): the pipe closes when this process dies in any way, kill -9
 * included, and then the script goes on. It gets the pid as $1, and as $2 what tells that process from a later one (`identityOf`). A
 * shell, because it costs 1 MB.
 */
export function guardWith(script: string, pid: number, name: string): Guard {
  const guardian = spawn('/bin/sh', ['-c', script, name, String(pid), identityOf(pid) ?? ''], {
    cwd: '/',
    env: { PATH: process.env.PATH },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  // Its end may come first when somebody kills the guardian: that must not take anything down.
  guardian.on('error', () => {});
  guardian.stdin.on('error', () => {});
  if ('unref' in guardian.stdin && typeof guardian.stdin.unref === 'function') guardian.stdin.unref();
  return {
    release() {
      if (!guardian.stdin.writableEnded) guardian.stdin.end('released\n');
    },
  };
}

/**
 * Shuts the postmaster down when this process dies: fast at once, immediate after three seconds (which loses nothing, the next start
 * replays the log).
 */
export const guard = (pid: number) => guardWith(SCRIPT, pid, 'isengard-guardian');
