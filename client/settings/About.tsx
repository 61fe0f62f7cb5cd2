import { For, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Card } from '../ui/Card.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { StateBadge } from '../ui/StateBadge.tsx';
import styles from './About.module.css';
import { DataPlace } from './DataPlace.tsx';
import { Licences } from './Licences.tsx';
import settings from './Settings.module.css';

const AboutQuery = graphql(`
  query About {
    info { name version mode }
    access { isOn }
    capabilities {
      training { label health { isHealthy message } }
      generation { label health { isHealthy message } }
    }
  }
`);

const MODES = {
  FAST_TEST: 'Fast test: learns small pictures on the CPU, within seconds.',
  PRODUCTION: 'Production: AI-Toolkit trains and ComfyUI generates, on a GPU.',
};

/** What runs here, with which engines, where its data lies, and what it is made of. */
export function About() {
  const query = createPageQuery(AboutQuery, () => ({}));
  return (
    <div class={settings.column}>
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {(data) => (
          <>
            <Card title={`${data().info.name} ${data().info.version}`}>
              <dl class={styles.facts}>
                <dt>Mode</dt>
                <dd>{MODES[data().info.mode]}</dd>
                <dt>Accounts</dt>
                <dd>
                  <Show
                    when={data().access.isOn}
                    fallback={
                      <>
                        Accounts are switched off (<code>ISENGARD_AUTH=off</code>): whoever reaches this
                        server may do everything, without signing in.
                      </>
                    }
                  >
                    People sign in, and programs use API keys.
                  </Show>
                </dd>
                <DataPlace />
                <dt>API</dt>
                <dd>
                  <a href="/graphql" rel="external">
                    The playground
                  </a>{' '}
                  has the schema, and examples to try.
                </dd>
              </dl>
            </Card>
            <Card title="Engines">
              <ul class={settings.plain}>
                <For
                  each={[
                    { does: 'Trains', ...data().capabilities.training },
                    { does: 'Generates', ...data().capabilities.generation },
                  ]}
                >
                  {(engine) => (
                    <li class={settings.row}>
                      <div class={settings.what}>
                        <p class={settings.name}>
                          <strong>{engine.label}</strong>
                          <span class={settings.tag}>{engine.does}</span>
                        </p>
                        <p class={settings.facts}>{engine.health.message}</p>
                      </div>
                      <StateBadge
                        state={engine.health.isHealthy ? 'COMPLETED' : 'FAILED'}
                        word={engine.health.isHealthy ? 'Ready' : 'Offline'}
                      />
                    </li>
                  )}
                </For>
              </ul>
            </Card>
          </>
        )}
      </Loaded>
      <Licences />
    </div>
  );
}
