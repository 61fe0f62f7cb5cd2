import { Show } from 'solid-js';
import { CopyButton } from './CopyButton.tsx';
import styles from './CorrelationId.module.css';

/** The id by which the server's log knows what happened. */
export function CorrelationId(props: { id: string | null | undefined }) {
  return (
    <Show when={props.id}>
      {(id) => (
        <p class={styles.line}>
          <code class={styles.id} title="By this id the server’s log knows what happened">
            {id()}
          </code>
          <CopyButton text={id()} label="Copy correlation id" />
        </p>
      )}
    </Show>
  );
}
