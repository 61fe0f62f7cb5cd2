import { createUniqueId } from 'solid-js';
import styles from './CheckField.module.css';

/** One of several that can be chosen together; when it cannot be changed, `fixed` says why. */
export function CheckField(props: {
  label: string;
  help: string;
  checked: boolean;
  fixed?: string | undefined;
  onChange: (checked: boolean) => void;
}) {
  const id = createUniqueId();
  return (
    <div class={styles.row}>
      <input
        id={id}
        type="checkbox"
        class={styles.check}
        checked={props.checked}
        disabled={props.fixed !== undefined}
        aria-describedby={`${id}-help`}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <label class={styles.label} for={id}>
        {props.label}
      </label>
      <p class={styles.help} id={`${id}-help`}>
        {props.fixed ?? props.help}
      </p>
    </div>
  );
}
