import { For, Match, Show, Switch } from 'solid-js';
import { Card } from '../ui/Card.tsx';
import { Status } from '../ui/Status.tsx';
import { createReadiness } from './readiness.ts';
import styles from './Workers.module.css';

/** Whether the server can do its work: its database, its migrations, its volume. */
export function ServerHealth(props: { version: string; mode: string }) {
  const readiness = createReadiness();
  return (
    <Card
      title="Server"
      aside={
        <Switch fallback={<span class="muted">Asking…</span>}>
          <Match when={readiness() === null}>
            <Status tone="bad" word="Does not answer" />
          </Match>
          <Match when={readiness()}>
            {(told) => (
              <Status tone={told().isReady ? 'good' : 'bad'} word={told().isReady ? 'Ready' : 'Not ready'} />
            )}
          </Match>
        </Switch>
      }
    >
      <dl class={styles.facts}>
        <dt>Version</dt>
        <dd>{props.version}</dd>
        <dt>Mode</dt>
        <dd>
          <code>{props.mode === 'FAST_TEST' ? 'fast-test' : 'production'}</code>
        </dd>
        <For each={readiness()?.checks ?? []}>
          {(check) => (
            <>
              <dt>{check.name}</dt>
              <dd>
                <Show when={check.outcome !== 'ok'} fallback={<Status tone="good" word="Ok" />}>
                  <Status tone="bad" word={check.outcome} />
                </Show>
              </dd>
            </>
          )}
        </For>
      </dl>
    </Card>
  );
}
