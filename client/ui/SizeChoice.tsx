import { For } from 'solid-js';
import styles from './SizeChoice.module.css';

const SIZES = ['S', 'M', 'L'] as const;
const NAMES = { S: 'Small', M: 'Medium', L: 'Large' };

export function SizeChoice(props: { value: 'S' | 'M' | 'L'; onChange: (size: 'S' | 'M' | 'L') => void }) {
  return (
    <fieldset class={styles.sizes}>
      <legend class="srOnly">Size of the pictures</legend>
      <For each={SIZES}>
        {(size) => (
          <button
            type="button"
            class={styles.size}
            aria-label={NAMES[size]}
            aria-pressed={props.value === size}
            onClick={() => props.onChange(size)}
          >
            {size}
          </button>
        )}
      </For>
    </fieldset>
  );
}
