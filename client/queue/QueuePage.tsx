import { createSubscription } from '@urql/solid';
import ListOrdered from 'lucide-solid/icons/list-ordered';
import Server from 'lucide-solid/icons/server';
import { For, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { LinkButton } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { formatCount } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { NoWorker } from '../workers/NoWorker.tsx';
import { WorkerUpdates } from '../workers/queries.ts';
import { CancelEverythingButton } from './CancelAllButton.tsx';
import { Done } from './Done.tsx';
import { Failed } from './Failed.tsx';
import { LineCard } from './LineCard.tsx';
import { linesToShow } from './line-words.ts';
import styles from './QueuePage.module.css';
import { WaitingLine } from './WaitingLine.tsx';
import { WorkerLane } from './WorkerLane.tsx';

const QueueQuery = graphql(`
  query Queue {
    queues { name isPaused queued running workers ...LineCard_queue }
    workers { id state currentJobs { id } ...WorkerLane_worker }
    jobCounts { queued running completed failed cancelled }
    capabilities { training { engine } generation { engine } }
  }
`);

const QueueUpdates = graphql(`
  subscription QueueUpdates {
    queueUpdates { name isPaused queued running workers ...LineCard_queue }
  }
`);

/** What runs, what waits, what failed, and what is done. */
export function QueuePage() {
  const query = createPageQuery(QueueQuery, () => ({}));
  createSubscription({ query: QueueUpdates, variables: {} });
  createSubscription({ query: WorkerUpdates, variables: {} });

  const lines = () => {
    const data = query.data();
    if (data === undefined) return [];
    const { training, generation } = data.capabilities;
    return linesToShow(data.queues, [`training.${training.engine}`, `generation.${generation.engine}`]);
  };
  const workers = () => query.data()?.workers ?? [];
  const alive = () => workers().filter(({ state }) => state !== 'LOST');
  const lanes = () => workers().filter((worker) => worker.state !== 'LOST' || worker.currentJobs.length > 0);
  const counts = () =>
    query.data()?.jobCounts ?? { queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
  const isEmpty = () => Object.values(counts()).every((jobs) => jobs === 0);
  const waiting = () =>
    lines()
      .filter(({ queued }) => queued > 0)
      .map(({ name }) => name);

  return (
    <Page
      title="Queue"
      actions={
        <LinkButton kind="quiet" size="small" icon={Server} href="/workers">
          Workers
        </LinkButton>
      }
    >
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {() => (
          <div class={styles.page}>
            <section aria-label="Lines">
              <h2 class="srOnly">Lines</h2>
              <ul class={styles.lines}>
                <For each={lines().map(({ name }) => name)}>
                  {(name) => (
                    <Show when={lines().find((line) => line.name === name)}>
                      {(line) => <LineCard line={line()} />}
                    </Show>
                  )}
                </For>
              </ul>
            </section>
            <section class={styles.line} aria-label="Running">
              <header class={styles.head}>
                <h2 class={styles.title}>
                  Running <span class="muted numbers">{formatCount(counts().running)}</span>
                </h2>
                <CancelEverythingButton queued={counts().queued} running={counts().running} />
              </header>
              <Show when={alive().length === 0}>
                <NoWorker />
              </Show>
              <ul class={styles.lanes}>
                <Each each={lanes()}>{(worker) => <WorkerLane worker={worker()} />}</Each>
              </ul>
            </section>
            <Show when={!isEmpty()} fallback={<Nothing />}>
              <section class={styles.waiting} aria-label="Waiting">
                <h2 class={styles.title}>
                  Waiting <span class="muted numbers">{formatCount(counts().queued)}</span>
                </h2>
                <p class={styles.none}>
                  {waiting().length === 0
                    ? 'Nothing waits.'
                    : 'In the order in which they run; characters take turns.'}
                </p>
                <For each={waiting()}>
                  {(name) => (
                    <Show when={lines().find((line) => line.name === name)}>
                      {(line) => <WaitingLine line={line()} />}
                    </Show>
                  )}
                </For>
              </section>
              <Failed />
              <Done />
            </Show>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Nothing() {
  return (
    <EmptyState
      icon={ListOrdered}
      title="Nothing runs and nothing waits"
      actions={
        <Show when={can('WRITE_JOBS')}>
          <LinkButton href="/generate">Generate</LinkButton>
        </Show>
      }
    >
      Trainings and generations line up here. They go on when this page is closed.
    </EmptyState>
  );
}
