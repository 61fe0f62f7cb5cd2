import { type JSX, Show } from 'solid-js';
import styles from './Card.module.css';

/** A titled region of a page. */
export function Card(props: { title?: string; aside?: JSX.Element; children: JSX.Element; class?: string }) {
  return (
    <section class={`${styles.card} ${props.class ?? ''}`} aria-label={props.title}>
      <Show when={props.title ?? props.aside}>
        <header class={styles.header}>
          <h2 class={styles.title}>{props.title}</h2>
          <div class={styles.aside}>{props.aside}</div>
        </header>
      </Show>
      {props.children}
    </section>
  );
}
