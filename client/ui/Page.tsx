import { A } from '@solidjs/router';
import { type Component, createContext, createEffect, For, type JSX, useContext } from 'solid-js';
import { Dynamic } from 'solid-js/web';
import { Filled } from './Filled.tsx';
import styles from './Page.module.css';

type Crumb = { label: string; href: string };

/** What stands in the head of every page on a phone, where there is no rail. */
export const PhoneToolsContext = createContext<Component>(() => null);

/** Where I am on the left, the one next step on the right, the page below. */
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
        <div class={styles.phoneTools}>
          <Dynamic component={useContext(PhoneToolsContext)} />
        </div>
        <Filled frame={(actions) => <div class={styles.actions}>{actions}</div>}>{props.actions}</Filled>
      </header>
      <div class={styles.body}>{props.children}</div>
    </>
  );
}
