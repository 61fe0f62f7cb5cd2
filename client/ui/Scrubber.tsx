import { For } from 'solid-js';
import styles from './Scrubber.module.css';

/** `2026-03`, and how much of it there is. */
type Month = { month: string; count: number };

const short = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });
const long = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
export const formatMonth = (month: string) => long.format(new Date(`${month}-01`));

/** Time as a bar, the newest at the top; a month with more is taller. It shows where one is, and leads elsewhere. */
export function Scrubber(props: {
  months: readonly Month[];
  current: string | null;
  /** How much it is, in words. */
  describe: (count: number) => string;
  onGo: (month: string) => void;
}) {
  return (
    <nav class={styles.scrubber} aria-label="Months">
      <For each={props.months}>
        {({ month, count }, index) => (
          <button
            type="button"
            class={styles.month}
            style={{ '--share': count }}
            aria-current={props.current === month}
            title={`${formatMonth(month)}, ${props.describe(count)}`}
            onClick={() => props.onGo(month)}
          >
            <span
              class={
                props.months[index() - 1]?.month.slice(0, 4) === month.slice(0, 4) ? 'srOnly' : styles.year
              }
            >
              {month.slice(0, 4)}{' '}
            </span>
            {short.format(new Date(`${month}-01`))}
            <span class="srOnly">, {props.describe(count)}</span>
          </button>
        )}
      </For>
    </nav>
  );
}
