import { Show } from 'solid-js';
import styles from './Form.module.css';

/** Why what was sent was not accepted, when that is no single field's fault. */
export function FormProblem(props: { message: string | undefined }) {
  return (
    <Show when={props.message}>
      <p class={styles.problem} role="alert">
        {props.message}
      </p>
    </Show>
  );
}
