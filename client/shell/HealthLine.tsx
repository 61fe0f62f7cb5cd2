import { A } from '@solidjs/router';
import styles from './HealthLine.module.css';
import type { Health } from './health.ts';

/** How the studio is, in words; opens who works in it. */
export function HealthLine(props: { health: Health }) {
  return (
    <A href="/workers" class={styles.line} title={props.health.detail}>
      <span class={styles.dot} data-tone={props.health.tone} aria-hidden="true" />
      <span class={styles.words}>{props.health.words}</span>
    </A>
  );
}
