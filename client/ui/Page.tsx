import { A } from '@solidjs/router';
import Settings from 'lucide-solid/icons/settings';
import { createEffect, For, type JSX, Show } from 'solid-js';
import styles from './Page.module.css';

type Crumb = { label: string; href: string };

/** Where I am on the left, the one next step on the right, the page below. On a phone also the way to the settings. */
export function Page(props: {
  title: string;
  crumbs?: readonly Crumb[];
  aside?: JSX.Element;
  actions?: JSX.Element;
  children: JSX.Element;
}) {
  createEffect(() => {
    document.title = `${props.title} · Isengard`;
  });
  return (
    <>
      <header class={styles.header}>
        <nav aria-label="Where you are" class={styles.crumbs}>
          <For each={props.crumbs ?? []}>
            {(crumb) => (
              <>
                <A href={crumb.href} class={styles.crumb}>
                  {crumb.label}
                </A>
                <span aria-hidden="true" class={styles.slash}>
                  /
                </span>
              </>
            )}
          </For>
          <h1 class={styles.title}>{props.title}</h1>
          {props.aside}
        </nav>
        <A href="/settings" class={styles.settings} activeClass={styles.here ?? ''} aria-label="Settings">
          <Settings size={20} aria-hidden="true" />
        </A>
        <Show when={props.actions}>
          <div class={styles.actions}>{props.actions}</div>
        </Show>
      </header>
      <div class={styles.body}>{props.children}</div>
    </>
  );
}
