import { For } from 'solid-js';
import styles from './Showcase.module.css';

const LOOKS = ['dark', 'light'].flatMap((theme) =>
  ['comfortable', 'compact'].map((density) => ({ theme, density })),
);

/** Each in a frame, so that what lies over a page has one to lie over. */
export function AllLooks() {
  return (
    <main class={styles.looks}>
      <For each={LOOKS}>
        {({ theme, density }) => (
          <iframe
            class={styles.look}
            title={`${theme}, ${density}`}
            src={`/ui?theme=${theme}&density=${density}`}
          />
        )}
      </For>
    </main>
  );
}
