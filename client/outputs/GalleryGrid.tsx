import { useLocation, useNavigate } from '@solidjs/router';
import { createSubscription } from '@urql/solid';
import Images from 'lucide-solid/icons/images';
import {
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js';
import { can } from '../access/access.ts';
import { reconnects } from '../graphql/connection.ts';
import { JobUpdates } from '../shell/queries.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState, Forbidden } from '../ui/ErrorState.tsx';
import { plural } from '../ui/format.ts';
import { PictureGrid } from '../ui/PictureGrid.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { createSelection } from '../ui/selection.ts';
import { type GalleryFilter, queryOf } from './filter.ts';
import styles from './GalleryGrid.module.css';
import { GalleryTile } from './GalleryTile.tsx';
import { galleryOf } from './galleries.ts';
import { createOutputActions } from './output-actions.ts';
import { SelectionBar } from './SelectionBar.tsx';
import { rowHeightOf, view } from './view.ts';

/** A running batch tells of itself twice a second. */
const CHECK_EVERY_MS = 2_000;

/** All images of a filter: to look at, to choose from, to do something with those that are chosen. */
export function GalleryGrid(props: {
  filter: GalleryFilter;
  /** Begins behind this cursor instead of at the newest. */
  after?: string | null;
  empty: string;
  emptyTitle?: string;
  /** What one can do about it. */
  children?: JSX.Element;
  onSee?: (createdAt: string) => void;
}) {
  const navigate = useNavigate();
  const location = useLocation();
  const actions = createOutputActions();
  const query = createMemo(() => queryOf(props.filter));
  const gallery = createMemo(
    on([query, () => props.after ?? null], ([, after]) => galleryOf(props.filter, after)),
  );
  const selection = createSelection(() => gallery().ids());
  const [activeId, setActiveId] = createSignal<string | null>(null);
  const active = () => activeId() ?? gallery().ids()[0] ?? null;
  createEffect(
    on(gallery, (shown) => {
      selection.clear();
      setActiveId(null);
      if (!shown.isLoaded()) shown.loadOlder();
    }),
  );

  // Images come with the updates of their job. While one looks at the very top they come in by themselves, else they wait for a click.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const check = async () => {
    timer = undefined;
    await gallery().checkNewer();
    if (window.scrollY < 8 && selection.ids().size === 0) gallery().showNewer();
  };
  const checkSoon = () => {
    timer ??= setTimeout(() => void check(), CHECK_EVERY_MS);
  };
  onCleanup(() => clearTimeout(timer));
  const [updates] = createSubscription({ query: JobUpdates, variables: {} });
  createEffect(
    on(
      () => {
        const job = updates.data?.jobUpdates;
        return job?.kind === 'GENERATION' ? `${job.id} ${job.state} ${job.step}` : null;
      },
      (change) => change !== null && props.filter.trash === undefined && checkSoon(),
      { defer: true },
    ),
  );
  createEffect(on(reconnects, checkSoon, { defer: true }));

  const focus = (id: string) => {
    setActiveId(id);
    queueMicrotask(() => {
      const link = document.querySelector<HTMLElement>(`[data-output="${id}"]`);
      link?.focus({ preventScroll: true });
      link?.scrollIntoView({ block: 'nearest' });
    });
  };
  const onKeyDown = (event: KeyboardEvent, walk: (id: string, key: string) => string | undefined) => {
    const id = active();
    if (id === null || !(event.target instanceof HTMLElement)) return;
    const isMark = event.target.matches('button');
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key.startsWith('Arrow') && !isCommand && !event.altKey) {
      const next = walk(id, event.key);
      if (next !== undefined) {
        if (event.shiftKey && !selection.has(id)) selection.toggle(id);
        focus(next);
        if (event.shiftKey) selection.extendTo(next);
      }
    } else if (event.key === ' ' && !isMark) event.shiftKey ? selection.extendTo(id) : selection.toggle(id);
    else if (isCommand && event.key.toLowerCase() === 'a') selection.replace(gallery().ids());
    else if (event.key === 'Escape' && selection.ids().size > 0) selection.clear();
    else if (
      event.key === 'Delete' &&
      selection.ids().size > 0 &&
      can('WRITE_JOBS') &&
      props.filter.trash === undefined
    )
      void removeChosen();
    else return;
    event.preventDefault();
  };
  const removeChosen = async () => {
    const ids = [...selection.ids()];
    const next = gallery()
      .ids()
      .find((id) => !selection.has(id) && id < (activeId() ?? ''));
    if (await actions.remove(ids)) {
      selection.clear();
      if (next !== undefined) focus(next);
    }
  };

  const isLarge = () => rowHeightOf(view.size()) * Math.min(2, window.devicePixelRatio) > 240;
  const see = (first: number, last: number) => {
    gallery().see(first, last);
    const top = gallery().item(gallery().ids()[first] ?? '');
    if (top !== undefined) props.onSee?.(top.createdAt);
  };
  const newer = () => gallery().newer();
  const showNewer = () => {
    gallery().showNewer();
    window.scrollTo({ top: 0 });
  };

  return (
    <Switch>
      <Match when={gallery().ids().length > 0}>
        <Show when={newer()}>
          {(found) => (
            <div class={styles.more} role="status">
              <Button kind="primary" size="small" onClick={showNewer}>
                Show {found().hasNewer ? 'more than ' : ''}
                {plural(found().items.length, 'new image')}
              </Button>
            </div>
          )}
        </Show>
        <PictureGrid
          ids={gallery().ids()}
          ratios={gallery().ratios()}
          anchor={gallery().anchor()}
          rowHeight={rowHeightOf(view.size())}
          gap={view.gap()}
          isSquare={view.isSquare()}
          label="Images"
          activeId={active()}
          onKeyDown={onKeyDown}
          onRange={see}
        >
          {(cell) => (
            <GalleryTile
              id={cell().id}
              item={gallery().item(cell().id)}
              href={`/outputs/${cell().id}${query()}`}
              isLarge={isLarge()}
              isActive={active() === cell().id}
              isSelected={selection.has(cell().id)}
              isChoosing={selection.ids().size > 0}
              onFocus={() => setActiveId(cell().id)}
              onMark={(isRange) => {
                setActiveId(cell().id);
                isRange ? selection.extendTo(cell().id) : selection.toggle(cell().id);
              }}
            />
          )}
        </PictureGrid>
        <SelectionBar
          selection={selection}
          actions={actions}
          inTrash={props.filter.trash !== undefined}
          isFavourite={(id) => gallery().item(id)?.isFavourite === true}
          onCompare={(ids) =>
            navigate(
              `/outputs/compare?ids=${ids.join(',')}&back=${encodeURIComponent(`${location.pathname}${location.search}`)}`,
            )
          }
        />
      </Match>
      <Match when={gallery().problem()?.isForbidden ? gallery().problem() : null}>
        {(problem) => <Forbidden message={problem().message} />}
      </Match>
      <Match when={gallery().problem()}>
        {(problem) => (
          <ErrorState
            message={problem().message}
            correlationId={problem().correlationId}
            onRetry={() => gallery().reload()}
          />
        )}
      </Match>
      <Match when={gallery().isLoaded()}>
        <EmptyState icon={Images} title={props.emptyTitle ?? 'No images yet'} actions={props.children}>
          {props.empty}
        </EmptyState>
      </Match>
      <Match when={true}>
        <PageSkeleton kind="grid" />
      </Match>
    </Switch>
  );
}
