import { type Accessor, createSignal } from 'solid-js';
import { createCountdown } from '../ui/countdown.ts';
import { formatDuration } from '../ui/format.ts';

type Refused = { message: string } | { retryAfterSeconds: number };

type Refusal = {
  /** It does not change while the time runs: a screen reader would say it each second. */
  message: Accessor<string | undefined>;
  /** What the button says until another attempt is looked at. */
  wait: Accessor<string | undefined>;
  tell: (refused: Refused | undefined) => void;
};

/** Why an attempt to prove who one is was refused, and how long to wait after too many of them. */
export function createRefusal(): Refusal {
  const [left, start] = createCountdown();
  const [refused, setRefused] = createSignal<Refused>();
  return {
    message: () => {
      const why = refused();
      if (why === undefined || !('retryAfterSeconds' in why)) return why?.message;
      if (left() === 0) return;
      return `There were too many attempts. Try again in ${formatDuration(why.retryAfterSeconds)}.`;
    },
    wait: () => (left() > 0 ? `Wait ${formatDuration(left())}` : undefined),
    tell: (why) => {
      setRefused(why);
      if (why !== undefined && 'retryAfterSeconds' in why) start(why.retryAfterSeconds);
    },
  };
}
