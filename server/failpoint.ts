import { env } from './env.ts';

/** `kill`: as kill -9. `stop`: as SIGSTOP. `error`: the place throws. */
const ACTIONS = ['kill', 'stop', 'error'] as const;
type Action = (typeof ACTIONS)[number];

class FailpointReached extends Error {}

/** `FAILPOINT=upload.kept:kill@3`: what happens the third time that a process comes to the place of this name. */
function parse(text: string) {
  const [, name, action = 'kill', time = '1'] = /^([a-z.-]+)(?::([a-z]+))?(?:@(\d+))?$/.exec(text) ?? [];
  const known = ACTIONS.find((one) => one === action);
  if (name === undefined || known === undefined)
    throw new Error(`FAILPOINT is "${text}"; it is a name, :${ACTIONS.join(' or :')}, and @time.`);
  return { name, action: known, time: Number(time) };
}

const set = env.FAILPOINT === undefined ? null : parse(env.FAILPOINT);
let times = 0;

/** A place at which a test makes this process die, stop or fail: between two things that belong together. */
export function failpoint(name: string) {
  if (set?.name !== name || ++times !== set.time) return;
  act(set.action);
}

function act(action: Action) {
  if (action === 'error') throw new FailpointReached(`FAILPOINT ${env.FAILPOINT} was reached.`);
  process.kill(process.pid, action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}
