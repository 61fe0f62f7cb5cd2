import { createEffect, createMemo, createSignal, For, on, onMount, Show } from 'solid-js';
import { Button } from '../ui/Button.tsx';
import { SelectField, SwitchField, TextField } from '../ui/Field.tsx';
import { Fold } from '../ui/Fold.tsx';
import { formatClock, plural } from '../ui/format.ts';
import styles from './LogLines.module.css';
import type { LiveLine } from './live.ts';
import { createOlderLines } from './older-lines.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** What the engine says. Follows the end until one scrolls up. */
export function LogLines(props: {
  jobId: string;
  lines: readonly LiveLine[];
  /** Whether there were lines before those when the page was read. */
  hasOlder: boolean;
}) {
  let box: HTMLDivElement | undefined;
  const [follow, setFollow] = createSignal(true);
  const [least, setLeast] = createSignal('INFO');
  const [search, setSearch] = createSignal('');
  const older = createOlderLines(props.jobId, () => props.lines);
  const hasOlder = () => props.hasOlder && !older.isWhole();
  const lines = createMemo(() => {
    const from = LEVELS.indexOf(least());
    const sought = search().trim().toLowerCase();
    return [...older.lines(), ...props.lines].filter(
      (line) => LEVELS.indexOf(line.level) >= from && line.message.toLowerCase().includes(sought),
    );
  });
  const toEnd = () => {
    if (follow() && box !== undefined) box.scrollTop = box.scrollHeight;
  };
  onMount(toEnd);
  createEffect(on([lines, follow], () => queueMicrotask(toEnd)));
  const nothing = () =>
    props.lines.length === 0 ? 'Nothing has been logged yet.' : 'No line of those that are here matches.';
  const onScroll = () => {
    if (box === undefined) return;
    setFollow(box.scrollHeight - box.scrollTop - box.clientHeight < 24);
  };
  return (
    <Fold title="Log" note={plural(older.lines().length + props.lines.length, 'line')} onToggle={toEnd}>
      <div class={styles.tools}>
        <SelectField
          label="Level"
          hideLabel
          value={least()}
          options={LEVELS.map((level) => ({ value: level, label: `${level.toLowerCase()} and up` }))}
          onChange={setLeast}
        />
        <TextField
          label="Search the log"
          hideLabel
          type="search"
          placeholder="Search the log"
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <SwitchField label="Follow" checked={follow()} onChange={setFollow} />
        <Show when={hasOlder()}>
          <Button size="small" pending={older.isPending()} onClick={older.fetch}>
            Older lines
          </Button>
        </Show>
      </div>
      <div
        ref={box}
        class={styles.box}
        tabindex="0"
        role="log"
        aria-live="off"
        aria-label="Log lines"
        onScroll={onScroll}
      >
        <For each={lines()} fallback={<p class="muted">{nothing()}</p>}>
          {(line) => (
            <p class={styles.line} data-level={line.level}>
              <span class={styles.at}>{formatClock(line.at)}</span>
              <span class={styles.level}>{line.level.toLowerCase()}</span>
              <span>{line.message}</span>
            </p>
          )}
        </For>
      </div>
    </Fold>
  );
}
