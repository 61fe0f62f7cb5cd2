import type { RouteSectionProps } from '@solidjs/router';
import { createSubscription } from '@urql/solid';
import { createEffect, ErrorBoundary, For, on, onCleanup, Show, Suspense } from 'solid-js';
import { connection, reconnects } from '../graphql/connection.ts';
import { createPageQuery } from '../graphql/query.ts';
import { lineName } from '../queue/line-words.ts';
import { announce } from '../ui/announce.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { retryPictures } from '../ui/picture-attempts.ts';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { ConnectionBar } from './ConnectionBar.tsx';
import { HealthLine } from './HealthLine.tsx';
import { healthOf, UNREACHED } from './health.ts';
import { JobUpdates, ShellQuery } from './queries.ts';
import { Rail } from './Rail.tsx';
import { RunningJob } from './RunningJob.tsx';
import styles from './Shell.module.css';

const HEALTH_EVERY_MS = 15_000;
const ENDED: Record<string, string> = {
  COMPLETED: 'is done',
  FAILED: 'has failed',
  CANCELLED: 'was cancelled',
};

export function Shell(props: RouteSectionProps) {
  let main: HTMLElement | undefined;
  const query = createPageQuery(ShellQuery, () => ({}));
  const [updates] = createSubscription({ query: JobUpdates, variables: {} });

  // Engines do not report when they come and go; everything else here is pushed.
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') query.refresh();
  }, HEALTH_EVERY_MS);
  onCleanup(() => clearInterval(timer));

  createEffect(
    on(
      () => `${updates.data?.jobUpdates?.id}${updates.data?.jobUpdates?.state}`,
      () => {
        const job = updates.data?.jobUpdates;
        const ended = job == null ? undefined : ENDED[job.state];
        if (job != null && ended !== undefined) announce(`${job.title} ${ended}.`);
      },
    ),
  );

  createEffect(on(reconnects, retryPictures, { defer: true }));

  // A link that went with its page takes the focus with it: the new page gets it then, or one would start from the top.
  createEffect(
    on(
      () => props.location.pathname,
      () =>
        requestAnimationFrame(() => {
          if (document.activeElement === document.body) main?.focus({ preventScroll: true });
        }),
      { defer: true },
    ),
  );

  const running = () => query.data()?.jobs.edges.map((edge) => edge.node) ?? [];
  const active = () => (query.data()?.jobCounts.queued ?? 0) + (query.data()?.jobCounts.running ?? 0);

  return (
    <div class={styles.shell}>
      <button type="button" class={styles.skip} onClick={() => main?.focus()}>
        Skip to the page
      </button>
      <Rail
        waiting={active()}
        job={<For each={running().slice(0, 2)}>{(job) => <RunningJob job={job} />}</For>}
        health={
          <Show when={query.data()}>
            {(data) => (
              <HealthLine
                health={
                  connection() === 'lost'
                    ? UNREACHED
                    : healthOf({
                        workers: data().workers.filter(({ state }) => state !== 'LOST').length,
                        engines: [data().capabilities.training, data().capabilities.generation].map(
                          (engine) => ({
                            label: engine.label,
                            ...engine.health,
                          }),
                        ),
                        paused: data()
                          .queues.filter(({ isPaused }) => isPaused)
                          .map(({ name }) => lineName(name)),
                      })
                }
              />
            )}
          </Show>
        }
      />
      <main ref={main} id="main" class={styles.main} tabindex="-1">
        <ConnectionBar />
        <ErrorBoundary fallback={(error) => <Broken error={error} />}>
          <Suspense fallback={<PageSkeleton />}>{props.children}</Suspense>
        </ErrorBoundary>
      </main>
      <Toasts />
    </div>
  );
}

/** A page that failed by itself: the rail stays, and one can go elsewhere. */
function Broken(props: { error: unknown }) {
  const message = () => (props.error instanceof Error ? props.error.message : String(props.error));
  return (
    <ErrorState
      message={`This page failed: ${message()}`}
      correlationId={null}
      retry="Reload the page"
      onRetry={() => location.reload()}
    />
  );
}
