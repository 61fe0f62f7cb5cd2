import { createUniqueId, For } from 'solid-js';
import styles from './ChoiceCards.module.css';

/** One of a few, each with a sentence on what it means. */
export function ChoiceCards<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; help: string }[];
  onChange: (value: Value) => void;
}) {
  const name = createUniqueId();
  return (
    <fieldset class={styles.cards}>
      <legend class={styles.legend}>{props.label}</legend>
      <For each={props.options}>
        {(option) => (
          <label class={styles.card}>
            <input
              class={styles.radio}
              type="radio"
              name={name}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
            />
            <span class={styles.name}>{option.label}</span>
            <span class={styles.help}>{option.help}</span>
          </label>
        )}
      </For>
    </fieldset>
  );
}
