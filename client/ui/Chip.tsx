import type { JSX } from 'solid-js';
import styles from './Chip.module.css';

/** A trigger word, in the type of things that are typed exactly so. */
export function TriggerChip(props: { word: string }) {
  return (
    <span class={styles.chip}>
      <span class="srOnly">Trigger word </span>
      {props.word}
    </span>
  );
}

export function ChipButton(props: {
  onClick: () => void;
  children: JSX.Element;
  label?: string;
  pressed?: boolean;
}) {
  return (
    <button
      type="button"
      class={styles.button}
      aria-label={props.label}
      aria-pressed={props.pressed}
      onClick={() => props.onClick()}
    >
      {props.children}
    </button>
  );
}
