import { onCleanup, onMount, Show } from 'solid-js';
import { Button } from './Button.tsx';
import styles from './More.module.css';

/** The end of a list that goes on: it asks for more when it comes into view, and is a button for the keyboard. */
export function More(props: { when: boolean; onMore: () => void }) {
  return (
    <Show when={props.when}>
      <Sentinel onMore={props.onMore} />
    </Show>
  );
}

function Sentinel(props: { onMore: () => void }) {
  let end: HTMLDivElement | undefined;
  onMount(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) props.onMore();
      },
      { rootMargin: '800px' },
    );
    if (end !== undefined) observer.observe(end);
    onCleanup(() => observer.disconnect());
  });
  return (
    <div ref={end} class={styles.more}>
      <Button onClick={() => props.onMore()}>Show more</Button>
    </div>
  );
}
