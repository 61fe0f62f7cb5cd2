import type { RouteSectionProps } from '@solidjs/router';
import { createSubscription } from '@urql/solid';
import {
  createEffect,
  createMemo,
  ErrorBoundary,
  For,
  type JSX,
  on,
  onCleanup,
  Show,
  Suspense,
} from 'solid-js';
import type { ShellQuery as ShellQueryData } from '../gql/graphql.ts';
import { connection, reconnects } from '../graphql/connection.ts';
import { createPageQuery } from '../graphql/query.ts';
import { lazyPage } from '../lazy-page.ts';
import { lineName } from '../queue/line-words.ts';
import { announce } from '../ui/announce.ts';
import { ErrorState } from '../ui/ErrorState.tsx';
import { PhoneToolsContext } from '../ui/Page.tsx';
import { retryPictures } from '../ui/picture-attempts.ts';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { ConnectionBar } from './ConnectionBar.tsx';
import { createShellShortcuts } from './create-shell-shortcuts.ts';
import { HealthLine } from './HealthLine.tsx';
import { healthOf, UNREACHED } from './health.ts';
import { overlay } from './overlay.ts';
import { PhoneTools } from './PhoneTools.tsx';
import { JobUpdates, ShellQuery } from './queries.ts';
import { Rail } from './Rail.tsx';
import { RunningJob } from './RunningJob.tsx';
import styles from './Shell.module.css';

const Palette = lazyPage('Palette', () => import('../palette/Palette.tsx'));
const ShortcutsDialog = lazyPage('ShortcutsDialog', () => import('./ShortcutsDialog.tsx'));
const Menu = lazyPage<'Menu', { videoReason: string | undefined; health: JSX.Element }>(
  'Menu',
  () => import('./Menu.tsx'),
);

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
  createShellShortcuts();

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
  const videoReason = () => query.data()?.capabilities.video.unsupported ?? undefined;
  const Health = () => (
    <Show when={query.data()}>
      {(data) => <HealthLine health={connection() === 'lost' ? UNREACHED : healthOf(factsOf(data()))} />}
    </Show>
  );
  const active = () => (query.data()?.jobCounts.queued ?? 0) + (query.data()?.jobCounts.running ?? 0);

  return (
    <div class={styles.shell}>
      <button type="button" class={styles.skip} onClick={() => main?.focus()}>
        Skip to the page
      </button>
      <Rail
        waiting={active()}
        job={<For each={running().slice(0, 2)}>{(job) => <RunningJob job={job} />}</For>}
        videoReason={videoReason()}
        health={<Health />}
      />
      <main ref={main} id="main" class={styles.main} tabindex="-1">
        <ConnectionBar />
        <ErrorBoundary fallback={(error) => <Broken error={error} />}>
          <PhoneToolsContext.Provider value={PhoneTools}>
            <Suspense fallback={<PageSkeleton />}>{props.children}</Suspense>
          </PhoneToolsContext.Provider>
        </ErrorBoundary>
      </main>
      <Suspense>
        <Once when={overlay() === 'palette'}>
          <Palette />
        </Once>
        <Once when={overlay() === 'shortcuts'}>
          <ShortcutsDialog />
        </Once>
        <Once when={overlay() === 'menu'}>
          <Menu videoReason={videoReason()} health={<Health />} />
        </Once>
      </Suspense>
      <Toasts />
      <Tooltip />
    </div>
  );
}

function factsOf({ workers, queues, capabilities: { training, generation } }: ShellQueryData) {
  return {
    workers: workers.filter(({ state }) => state !== 'LOST').length,
    engines: [training, generation].map(({ label, health }) => ({ label, ...health })),
    paused: queues.filter(({ isPaused }) => isPaused).map(({ name }) => lineName(name)),
  };
}

/** Loaded when it is first needed, and there from then on: what closes gives the focus back. */
function Once(props: { when: boolean; children: JSX.Element }) {
  const wasNeeded = createMemo((before: boolean) => before || props.when, false);
  return <Show when={wasNeeded()}>{props.children}</Show>;
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
