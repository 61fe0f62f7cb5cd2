import { createMemo, For, Show } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { keysOf } from '../ui/keys.ts';
import type { FoundEntry } from './entry.ts';
import styles from './Palette.module.css';

/** A link where it can be one, so that the mouse can open it in another tab. The keyboard chooses in the field. */
export function Choice(props: {
  id: string;
  entry: FoundEntry;
  isCurrent: boolean;
  onPoint: () => void;
  onChoose: (entry: FoundEntry, isElsewhere: boolean) => void;
}) {
  const onClick = (event: MouseEvent) => {
    const isElsewhere = event.ctrlKey || event.metaKey;
    event.preventDefault();
    props.onChoose(props.entry, isElsewhere);
  };
  return (
    <Dynamic
      component={props.entry.href === undefined ? 'div' : 'a'}
      id={props.id}
      class={styles.choice}
      role="option"
      tabindex="-1"
      aria-selected={props.isCurrent}
      href={props.entry.href}
      rel={props.entry.isExternal === true ? 'external' : undefined}
      on:click={onClick}
      onPointerMove={() => (props.isCurrent ? undefined : props.onPoint())}
    >
      <Dynamic component={props.entry.icon} size={16} aria-hidden="true" />
      <span class={styles.label}>
        <Marked text={props.entry.label} at={props.entry.at} />
      </span>
      <Show when={props.entry.note}>{(note) => <span class={styles.note}>{note()}</span>}</Show>
      <Show when={props.entry.keys}>
        {(keys) => (
          <span class={styles.keys} aria-hidden="true">
            <For each={keysOf(keys())}>{(key) => <kbd>{key}</kbd>}</For>
          </span>
        )}
      </Show>
    </Dynamic>
  );
}

/** With what was typed in bold. */
function Marked(props: { text: string; at: readonly number[] }) {
  const parts = createMemo(() => {
    const marked = new Set(props.at);
    const found: { text: string; isMarked: boolean }[] = [];
    for (const [index, letter] of [...props.text].entries()) {
      const last = found.at(-1);
      if (last?.isMarked === marked.has(index)) last.text += letter;
      else found.push({ text: letter, isMarked: marked.has(index) });
    }
    return found;
  });
  return (
    <For each={parts()}>
      {(part) => (
        <Show when={part.isMarked} fallback={part.text}>
          <b>{part.text}</b>
        </Show>
      )}
    </For>
  );
}
