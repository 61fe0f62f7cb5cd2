import { For, Show } from 'solid-js';
import { ChipButton } from '../ui/Chip.tsx';
import styles from './SuggestedWords.module.css';

/** What a file says of its trigger word: anybody may have written it, so one chooses, or none of them. */
export function SuggestedWords(props: {
  words: readonly string[];
  chosen?: string;
  label: string;
  onChoose: (word: string) => void;
}) {
  return (
    <Show when={props.words.length > 0}>
      <fieldset class={styles.words} aria-label={props.label}>
        <span class={styles.label}>{props.label}</span>
        <For each={props.words}>
          {(word) => (
            <ChipButton pressed={props.chosen === word} onClick={() => props.onChoose(word)}>
              {word}
            </ChipButton>
          )}
        </For>
      </fieldset>
    </Show>
  );
}
