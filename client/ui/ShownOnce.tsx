import Check from 'lucide-solid/icons/check';
import Copy from 'lucide-solid/icons/copy';
import { createSignal, createUniqueId, onMount, Show } from 'solid-js';
import { announce } from './announce.ts';
import { Button } from './Button.tsx';
import styles from './ShownOnce.module.css';

/** A secret that cannot be shown again, to copy or to write down. */
export function ShownOnce(props: { label: string; value: string; warning: string }) {
  const id = createUniqueId();
  let field: HTMLInputElement | undefined;
  const [state, setState] = createSignal<'shown' | 'copied' | 'refused'>('shown');
  // The form that asked for it is gone, and the focus with it.
  onMount(() => field?.focus());
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.value);
      setState('copied');
      announce('Copied');
    } catch {
      // Without https, browsers give pages no clipboard.
      field?.focus();
      field?.select();
      setState('refused');
    }
  };
  return (
    <div class={styles.once}>
      <label class={styles.label} for={id}>
        {props.label}
      </label>
      <div class={styles.line}>
        <input
          ref={field}
          id={id}
          class={`${styles.value} mono`}
          readonly
          autocomplete="off"
          spellcheck={false}
          value={props.value}
          aria-describedby={`${id}-warning`}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button kind="primary" icon={state() === 'copied' ? Check : Copy} onClick={copy}>
          {state() === 'copied' ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p class={styles.warning} id={`${id}-warning`}>
        {props.warning}
      </p>
      <Show when={state() === 'refused'}>
        <p class={styles.warning} role="alert">
          The browser does not let this page copy. It is selected: press Ctrl+C, or Cmd+C on a Mac.
        </p>
      </Show>
    </div>
  );
}
