import { useNavigate } from '@solidjs/router';
import Search from 'lucide-solid/icons/search';
import { createEffect, createMemo, createSignal, createUniqueId, For, on, Show } from 'solid-js';
import { plural } from '../ui/format.ts';
import { Choice } from './Choice.tsx';
import { createEntries } from './create-entries.ts';
import { type FoundEntry, search } from './entry.ts';
import styles from './Palette.module.css';

/** A field and the list below it: the focus stays in the field, the arrow keys walk the list (ARIA's combobox). */
export function Choices(props: { onChosen: () => void }) {
  const navigate = useNavigate();
  const id = createUniqueId();
  let list: HTMLDivElement | undefined;
  const [text, setText] = createSignal('');
  const [at, setAt] = createSignal(0);
  const { entries, problem } = createEntries(text);
  const groups = createMemo(() => search(entries(), text()));
  const all = createMemo(() => groups().flatMap((group) => group.entries));
  const current = () => all()[Math.min(at(), all().length - 1)];
  const optionId = (entry: FoundEntry) => `${id}-${all().indexOf(entry)}`;

  createEffect(on(text, () => setAt(0), { defer: true }));
  createEffect(() => {
    const entry = current();
    if (entry === undefined) return;
    const option = document.getElementById(optionId(entry));
    // The first one of all brings the name of its group along.
    if (at() === 0) list?.scrollTo({ top: 0 });
    else option?.scrollIntoView({ block: 'nearest' });
  });

  const choose = (entry: FoundEntry, isElsewhere: boolean) => {
    props.onChosen();
    if (entry.href === undefined) entry.run?.();
    else if (isElsewhere) window.open(entry.href, '_blank', 'noopener');
    else if (entry.isExternal === true) location.assign(entry.href);
    else navigate(entry.href);
  };
  const walk = (step: number) =>
    setAt((Math.min(at(), all().length - 1) + step + all().length) % all().length);
  const onKeyDown = (event: KeyboardEvent) => {
    const entry = current();
    if (entry === undefined || event.isComposing) return;
    if (event.key === 'ArrowDown') walk(1);
    else if (event.key === 'ArrowUp') walk(-1);
    else if (event.key === 'Enter') choose(entry, event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div class={styles.field}>
        <Search size={20} aria-hidden="true" />
        <input
          class={styles.input}
          type="text"
          role="combobox"
          aria-label="Search, or say what to do"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={current() === undefined ? undefined : optionId(current() as FoundEntry)}
          placeholder="Go anywhere, start anything"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id={`${id}-list`} class={styles.list} role="listbox" aria-label="What was found">
        <For each={groups()}>
          {(group, index) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset may not be in a listbox.
            <div role="group" aria-labelledby={`${id}-group-${index()}`}>
              <p class={styles.group} id={`${id}-group-${index()}`}>
                {group.name}
              </p>
              <For each={group.entries}>
                {(entry) => (
                  <Choice
                    id={optionId(entry)}
                    entry={entry}
                    isCurrent={current() === entry}
                    onPoint={() => setAt(all().indexOf(entry))}
                    onChoose={choose}
                  />
                )}
              </For>
            </div>
          )}
        </For>
      </div>
      <Show when={all().length === 0}>
        <p class={styles.nothing}>Nothing is called “{text()}”, and nothing does that.</p>
      </Show>
      <Show when={problem()}>
        <p class={styles.nothing}>Only pages and commands are searched now: {problem()?.message}</p>
      </Show>
      <p class="srOnly" role="status">
        {text() === '' ? '' : plural(all().length, 'result')}
      </p>
      <p class={styles.foot} aria-hidden="true">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> walk
        </span>
        <span>
          <kbd>Enter</kbd> choose
        </span>
        <span>
          <kbd>Esc</kbd> close
        </span>
      </p>
    </>
  );
}
