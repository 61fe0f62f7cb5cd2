import { createEffect, createMemo, createSignal, For, on, onMount } from 'solid-js';
import { SelectField, SwitchField } from '../ui/Field.tsx';
import { formatClock } from '../ui/format.ts';
import styles from './LogLines.module.css';
import type { LiveLine } from './live.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** What the engine says. Follows the end until one scrolls up. */
export function LogLines(props: { lines: readonly LiveLine[] }) {
  let box: HTMLDivElement | undefined;
  const [follow, setFollow] = createSignal(true);
  const [least, setLeast] = createSignal('INFO');
  const lines = createMemo(() => {
    const from = LEVELS.indexOf(least());
    return props.lines.filter((line) => LEVELS.indexOf(line.level) >= from);
  });
  const toEnd = () => {
    if (follow() && box !== undefined) box.scrollTop = box.scrollHeight;
  };
  onMount(toEnd);
  createEffect(on([lines, follow], () => queueMicrotask(toEnd)));
  const onScroll = () => {
    if (box === undefined) return;
    setFollow(box.scrollHeight - box.scrollTop - box.clientHeight < 24);
  };
  return (
    <details class={styles.fold} onToggle={toEnd}>
      <summary class={styles.summary}>
        Log <span class="muted numbers">{props.lines.length} lines</span>
      </summary>
      <div class={styles.tools}>
        <SelectField
          label="Level"
          hideLabel
          value={least()}
          options={LEVELS.map((level) => ({ value: level, label: `${level.toLowerCase()} and up` }))}
          onChange={setLeast}
        />
        <SwitchField label="Follow" checked={follow()} onChange={setFollow} />
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
        <For each={lines()} fallback={<p class="muted">Nothing has been logged yet.</p>}>
          {(line) => (
            <p class={styles.line} data-level={line.level}>
              <span class={styles.at}>{formatClock(line.at)}</span>
              <span class={styles.level}>{line.level.toLowerCase()}</span>
              <span>{line.message}</span>
            </p>
          )}
        </For>
      </div>
    </details>
  );
}
