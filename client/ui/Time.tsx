import { createSignal } from 'solid-js';
import { formatAgo, formatExact } from './format.ts';

const [now, setNow] = createSignal(Date.now());
setInterval(() => setNow(Date.now()), 30_000);

/** The time of day, twice a minute. */
export { now };

/** `3 minutes ago`, with the exact time on hover. */
export function Time(props: { at: string }) {
  return (
    <time datetime={props.at} title={formatExact(props.at)}>
      {formatAgo(props.at, now())}
    </time>
  );
}
