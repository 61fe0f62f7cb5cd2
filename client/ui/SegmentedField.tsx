import { createUniqueId, For, Show } from 'solid-js';
import styles from './SegmentedField.module.css';

/** One of a few short words, all of which one sees. */
export function SegmentedField<Value extends string>(props: {
  label: string;
  help?: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}) {
  const name = createUniqueId();
  return (
    <fieldset class={styles.field} aria-describedby={props.help === undefined ? undefined : `${name}-help`}>
      <legend class={styles.label}>{props.label}</legend>
      <div class={styles.choice}>
        <For each={props.options}>
          {({ value, label }) => (
            <label class={styles.option}>
              <input
                type="radio"
                class="srOnly"
                name={name}
                checked={props.value === value}
                onChange={() => props.onChange(value)}
              />
              {label}
            </label>
          )}
        </For>
      </div>
      <Show when={props.help}>
        <p class={styles.help} id={`${name}-help`}>
          {props.help}
        </p>
      </Show>
    </fieldset>
  );
}
