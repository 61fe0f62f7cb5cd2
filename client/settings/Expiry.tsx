import { Show } from 'solid-js';
import { formatExact, formatUntil } from '../ui/format.ts';
import styles from './Settings.module.css';

const SOON_MS = 7 * 86_400_000;

/** When something ends by itself, in words; what has ended, or soon will, stands out. */
export function Expiry(props: { at: string | null | undefined }) {
  const left = (at: string) => Date.parse(at) - Date.now();
  return (
    <Show when={props.at} fallback="does not expire">
      {(at) => (
        <time
          datetime={at()}
          title={formatExact(at())}
          class={left(at()) < SOON_MS ? styles.tag : undefined}
          data-tone="warn"
        >
          {left(at()) <= 0 ? 'expired' : 'expires'} {formatUntil(at())}
        </time>
      )}
    </Show>
  );
}
