import { setTimeout as pause } from 'node:timers/promises';
import { hear } from './doorbell.ts';
import { endingWith } from './generators.ts';

/** How often at most a state is told: more than a person can see, less than an engine can say. */
const AT_MOST_EVERY_MS = 100;

/** One load serves all who follow a topic until it rings again. */
type Shared<State> = { loading: Promise<State> | undefined; followers: number };
const shared = new Map<string, Shared<unknown>>();

let isHearing = false;

/** Registered before any follower, so that what a follower loads after a ring is newer than the ring. */
function forgetOnRing() {
  if (isHearing) return;
  isHearing = true;
  hear((topic) => {
    for (const [name, state] of shared) if (topic === null || topic === name) state.loading = undefined;
  });
}

function load<State>(topic: string, read: () => Promise<State>): Promise<State> {
  const state = shared.get(topic) as Shared<State>;
  state.loading ??= read();
  // A load that failed is not kept: the next to ask tries again.
  state.loading.catch(() => {
    state.loading = undefined;
  });
  return state.loading;
}

/** The state as it is now, then after each change; changes that come quickly count as one. Ends after the last state. */
export function followState<State>(options: {
  topic: string;
  read: () => Promise<State>;
  isLast: (state: State) => boolean;
}): AsyncGenerator<State, void> {
  const { topic, read, isLast } = options;
  let hasLeft = false;
  let rung = Promise.withResolvers<void>();

  async function* states(): AsyncGenerator<State, void> {
    forgetOnRing();
    const entry = shared.get(topic) ?? { loading: undefined, followers: 0 };
    shared.set(topic, entry);
    entry.followers++;
    const unhear = hear((name) => {
      if (name === null || name === topic) rung.resolve();
    });
    try {
      while (!hasLeft) {
        rung = Promise.withResolvers();
        const state = await load(topic, read);
        yield state;
        if (isLast(state)) return;
        await rung.promise;
        await pause(AT_MOST_EVERY_MS);
      }
    } finally {
      unhear();
      if (--entry.followers === 0) shared.delete(topic);
    }
  }

  return endingWith(states(), () => {
    hasLeft = true;
    rung.resolve();
  });
}
