import { A } from '@solidjs/router';
import { For, Show } from 'solid-js';
import { Status } from '../ui/Status.tsx';
import styles from './Workers.module.css';

type Engine = {
  engine: string;
  label: string;
  health: { isHealthy: boolean; message: string };
  baseModels: readonly { id: string; label: string; unsupported?: string | null }[];
};

/** What an engine can do now, and why not the rest. */
export function EngineCard(props: { does: string; engine: Engine }) {
  const usable = () => props.engine.baseModels.filter(({ unsupported }) => unsupported == null).length;
  return (
    <li class={styles.card}>
      <header class={styles.head}>
        <h3 class={styles.name}>{props.engine.label}</h3>
        <span class={styles.does}>{props.does}</span>
        <Status
          tone={props.engine.health.isHealthy ? 'good' : 'bad'}
          word={props.engine.health.isHealthy ? 'Ready' : 'Offline'}
        />
      </header>
      <p class={styles.meaning}>{props.engine.health.message}</p>
      <h4 class={styles.subtitle}>
        Base models{' '}
        <span class="muted numbers">
          {usable()} of {props.engine.baseModels.length} can be used
        </span>
      </h4>
      <ul class={styles.models}>
        <For each={props.engine.baseModels}>
          {(model) => (
            <li>
              <Status tone={model.unsupported == null ? 'good' : 'muted'} word={model.label} />
              <Show when={model.unsupported}>{(why) => <span class={styles.said}>{why()}</span>}</Show>
            </li>
          )}
        </For>
      </ul>
      <p class={styles.links}>
        <A href="/settings/models">Model files</A>
        <span class="muted">How to install engines: docs/engines.md</span>
      </p>
    </li>
  );
}
