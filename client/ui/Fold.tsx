import { type JSX, Show } from 'solid-js';
import styles from './Fold.module.css';

/** A part of a page that is opened when it is wanted. */
export function Fold(props: {
  title: string;
  /** Beside the title, quieter: how much is inside. */
  note?: string;
  onToggle?: () => void;
  children: JSX.Element;
}) {
  return (
    <details class={styles.fold} onToggle={() => props.onToggle?.()}>
      <summary class={styles.summary}>
        {props.title}
        <Show when={props.note}>
          {' '}
          <span class="muted numbers">{props.note}</span>
        </Show>
      </summary>
      {props.children}
    </details>
  );
}
