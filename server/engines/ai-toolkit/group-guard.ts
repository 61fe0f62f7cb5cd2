import { guardWith } from '../../guardian.ts';

/**
 * A number stays taken while its group has a member, so the group is the trainer's unless another process leads it by now, which
 * its start time tells.
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

/** Ends a process group when this process dies: a trainer that nobody listens to would go on for hours on a GPU that the next attempt needs. */
export const guardGroup = (pid: number) => guardWith(SCRIPT, pid, 'isengard-trainer-guard');
