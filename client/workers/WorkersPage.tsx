import { createSubscription } from '@urql/solid';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Each } from '../ui/Each.tsx';
import { formatCount } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { EngineCard } from './EngineCard.tsx';
import { NoWorker } from './NoWorker.tsx';
import { GpuUpdates, WorkerUpdates } from './queries.ts';
import { ServerHealth } from './ServerHealth.tsx';
import { WorkerCard } from './WorkerCard.tsx';
import styles from './Workers.module.css';

const WorkersQuery = graphql(`
  query Workers {
    info { version mode }
    workers { id state ...WorkerCard_worker }
    capabilities {
      training { engine label health { isHealthy message } baseModels { id label unsupported } }
      generation { engine label health { isHealthy message } baseModels { id label unsupported } }
    }
  }
`);

/** Who works, with which engines, and whether the server is well. */
export function WorkersPage() {
  const query = createPageQuery(WorkersQuery, () => ({}));
  createSubscription({ query: WorkerUpdates, variables: {} });
  createSubscription({ query: GpuUpdates, variables: {} });
  const alive = () => query.data()?.workers.filter(({ state }) => state !== 'LOST') ?? [];
  const lost = () => query.data()?.workers.filter(({ state }) => state === 'LOST') ?? [];
  return (
    <Page title="Workers and engines" crumbs={[{ label: 'Queue', href: '/queue' }]}>
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {(data) => (
          <div class={styles.page}>
            <section class={styles.group} aria-label="Workers">
              <h2 class={styles.title}>
                Workers <span class="muted numbers">{formatCount(alive().length)}</span>
              </h2>
              <Show when={alive().length === 0}>
                <NoWorker />
              </Show>
              <ul class={styles.grid}>
                <Each each={alive()}>
                  {(worker) => <WorkerCard worker={worker()} version={data().info.version} />}
                </Each>
              </ul>
            </section>
            <Show when={lost().length > 0}>
              <section class={styles.group} aria-label="Lost workers">
                <h2 class={styles.title}>
                  Lost within a day <span class="muted numbers">{formatCount(lost().length)}</span>
                </h2>
                <ul class={styles.grid}>
                  <Each each={lost()}>
                    {(worker) => <WorkerCard worker={worker()} version={data().info.version} />}
                  </Each>
                </ul>
              </section>
            </Show>
            <section class={styles.group} aria-label="Engines">
              <h2 class={styles.title}>Engines</h2>
              <ul class={styles.grid}>
                <EngineCard does="trains" engine={data().capabilities.training} />
                <EngineCard does="generates" engine={data().capabilities.generation} />
              </ul>
            </section>
            <Show when={can('ADMIN')}>
              <div class={styles.grid}>
                <ServerHealth version={data().info.version} mode={data().info.mode} />
              </div>
            </Show>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
