import { Tabs as Kobalte } from '@kobalte/core/tabs';
import { For, type JSX, Show } from 'solid-js';
import styles from './Tabs.module.css';

type Tab = { value: string; label: string; count?: number; content: () => JSX.Element };

export function Tabs(props: {
  label: string;
  value: string;
  tabs: readonly Tab[];
  onChange: (value: string) => void;
}) {
  return (
    <Kobalte value={props.value} onChange={props.onChange} class={styles.tabs}>
      <Kobalte.List class={styles.list} aria-label={props.label}>
        <For each={props.tabs}>
          {(tab) => (
            <Kobalte.Trigger value={tab.value} class={styles.tab}>
              {tab.label}
              <Show when={tab.count !== undefined}>
                <span class={styles.count}>{tab.count}</span>
              </Show>
            </Kobalte.Trigger>
          )}
        </For>
      </Kobalte.List>
      <For each={props.tabs}>
        {(tab) => (
          <Kobalte.Content value={tab.value} class={styles.content}>
            {tab.content()}
          </Kobalte.Content>
        )}
      </For>
    </Kobalte>
  );
}
