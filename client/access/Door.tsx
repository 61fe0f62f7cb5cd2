import { createEffect, type JSX, Show } from 'solid-js';
import styles from './Door.module.css';

/** A page for whoever is not in: one column, one thing to do. */
export function Door(props: { title: string; lead?: JSX.Element; children?: JSX.Element }) {
  createEffect(() => {
    document.title = `${props.title} · Isengard`;
  });
  return (
    <main class={styles.door}>
      <div class={styles.column}>
        <Brand />
        <div class={styles.head}>
          <h1>{props.title}</h1>
          <Show when={props.lead}>
            <p class={styles.lead}>{props.lead}</p>
          </Show>
        </div>
        {props.children}
      </div>
    </main>
  );
}

export function Brand() {
  return (
    <p class={styles.brand}>
      <img src="/icon.svg" alt="" width="32" height="32" />
      Isengard
    </p>
  );
}
