import { For } from 'solid-js';
import styles from './Skeleton.module.css';

/** The room that something will take, while it loads. */
function Skeleton(props: { kind: 'line' | 'card' | 'tile' | 'panel'; count?: number }) {
  return (
    <For each={Array.from({ length: props.count ?? 1 })}>
      {() => <div class={`${styles.bone} ${styles[props.kind]}`} aria-hidden="true" />}
    </For>
  );
}

export function PageSkeleton(props: { kind?: 'grid' | 'panels' | 'lines' }) {
  return (
    <div class={styles[props.kind ?? 'panels']} role="status" aria-label="Loading">
      <Skeleton
        kind={props.kind === 'grid' ? 'tile' : props.kind === 'lines' ? 'line' : 'panel'}
        count={props.kind === 'grid' ? 12 : 4}
      />
    </div>
  );
}
