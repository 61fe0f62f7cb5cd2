import { setTimeout as pause } from 'node:timers/promises';
import { isConnectionLost, isTooBusy } from './db-errors.ts';
import { hear } from './doorbell.ts';
import { endingWith } from './generators.ts';
import { log } from './log.ts';

/** How often at most a state is told: more than a person can see, less than an engine can say. */
const AT_MOST_EVERY_MS = 100;
const RETRY_MS = 500;

/** One load serves all who follow a topic until it rings again. */
type Shared<State> = {
  loading: Promise<State> | undefined;
  /** How often it changed. */
  changes: number;
  /** Each is called after a change. */
  followers: Set<() => void>;
  stop: () => void;
};
const shared = new Map<string, Shared<unknown>>();

function share<State>(topic: string): Shared<State> {
  let timer: NodeJS.Timeout | undefined;
  const unhear = hear(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      state.loading = undefined;
      state.changes++;
      for (const wake of state.followers) wake();
    }, AT_MOST_EVERY_MS);
  }, [topic]);
  const state: Shared<State> = {
    loading: undefined,
    changes: 0,
    followers: new Set(),
    stop() {
      clearTimeout(timer);
      unhear();
    },
  };
  return state;
}

/** It passes; anything else is a mistake of ours, which the follower is told of. */
const isOutage = (error: unknown) => isConnectionLost(error) || isTooBusy(error);

/** However many wait for it. */
async function loggedOnce<State>(loading: Promise<State>, topic: string): Promise<State> {
  try {
    return await loading;
  } catch (error) {
    if (isOutage(error)) log.warn({ error, topic }, 'Cannot read a state, trying again');
    throw error;
  }
}

/** The state as it is now, then after each change; changes that come quickly count as one. Ends after the last state. */
export function followState<State>(options: {
  topic: string;
  read: () => Promise<State>;
  isLast: (state: State) => boolean;
}): AsyncGenerator<State, void> {
  const { topic, read, isLast } = options;
  let hasLeft = false;
  let rung = () => {};
  const wake = () => rung();

  async function* states(): AsyncGenerator<State, void> {
    const state = (shared.get(topic) as Shared<State> | undefined) ?? share<State>(topic);
    shared.set(topic, state);
    state.followers.add(wake);
    try {
      while (!hasLeft) {
        const seen = state.changes;
        state.loading ??= loggedOnce(read(), topic);
        const { loading } = state;
        let now: State;
        try {
          now = await loading;
        } catch (error) {
          if (isOutage(error)) await pause(RETRY_MS);
          // A load that failed is not kept: the first who comes back tries again.
          if (state.loading === loading) state.loading = undefined;
          if (!isOutage(error)) throw error;
          continue;
        }
        if (hasLeft) return;
        yield now;
        if (isLast(now)) return;
        if (state.changes === seen && !hasLeft)
          await new Promise<void>((resolve) => {
            rung = resolve;
          });
      }
    } finally {
      state.followers.delete(wake);
      if (state.followers.size === 0) {
        state.stop();
        shared.delete(topic);
      }
    }
  }

  return endingWith(states(), () => {
    hasLeft = true;
    wake();
  });
}
