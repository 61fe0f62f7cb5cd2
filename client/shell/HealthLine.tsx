import styles from './HealthLine.module.css';
import type { Health } from './health.ts';

export function HealthLine(props: { health: Health }) {
  return (
    <p class={styles.line} title={props.health.detail}>
      <span class={styles.dot} data-tone={props.health.tone} aria-hidden="true" />
      <span class={styles.words}>{props.health.words}</span>
    </p>
  );
}
