import { useSearchParams } from '@solidjs/router';
import Trash from 'lucide-solid/icons/trash';
import { createMemo, createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { createPageQuery } from '../graphql/query.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { formatCount, plural } from '../ui/format.ts';
import { Page } from '../ui/Page.tsx';
import { formatMonth, Scrubber } from '../ui/Scrubber.tsx';
import { FilterBar, MonthChoice } from './FilterBar.tsx';
import { filterIn, type GalleryFilter, isFiltered, variablesOf } from './filter.ts';
import { GalleryGrid } from './GalleryGrid.tsx';
import styles from './OutputsPage.module.css';
import { createOutputActions } from './output-actions.ts';
import { GalleryMonths } from './queries.ts';

/** The server counts no month further. */
const MAX_COUNTED = 1000;
const describe = (count: number) => `${plural(count, 'image')}${count >= MAX_COUNTED ? ' or more' : ''}`;

export function OutputsPage() {
  const [params, setParams] = useSearchParams<GalleryFilter & { at?: string }>();
  const filter = createMemo(() => filterIn(params));
  const inTrash = () => filter().trash !== undefined;
  const months = createPageQuery(GalleryMonths, () => variablesOf(filter()));
  const list = () => months.data()?.outputMonths ?? [];
  const total = () => list().reduce((sum, { count }) => sum + count, 0);
  const isMore = () => list().some(({ count }) => count >= MAX_COUNTED);
  const [current, setCurrent] = createSignal<string | null>(null);
  const at = () => (typeof params.at === 'string' ? params.at : undefined);
  // The cursor of a month is known with the months; until then nothing is shown that would not stay.
  const start = () => {
    if (at() === undefined) return null;
    return months.data() === undefined
      ? undefined
      : (list().find(({ month }) => month === at())?.after ?? null);
  };
  const go = (month: string) => {
    const isNewest = list()[0]?.month === month;
    setParams({ at: isNewest ? null : month }, { replace: true, scroll: false });
    window.scrollTo({ top: 0 });
  };

  return (
    <Page
      title={inTrash() ? 'Trash' : 'Gallery'}
      {...(inTrash() ? { crumbs: [{ label: 'Gallery', href: '/outputs' }] } : {})}
      aside={
        <Show when={!inTrash() && total() > 0}>
          <span class="muted small numbers">
            {formatCount(total())}
            {isMore() ? '+' : ''}
          </span>
        </Show>
      }
      actions={
        <Show when={!inTrash()} fallback={<EmptyTrashButton />}>
          <LinkButton kind="quiet" icon={Trash} href="/outputs?trash=1">
            Trash
          </LinkButton>
        </Show>
      }
    >
      <FilterBar
        filter={filter()}
        onChange={(change) => setParams({ ...change, at: null }, { replace: true, scroll: false })}
      >
        <Show when={list().length > 1}>
          <MonthChoice
            months={list().map(({ month }) => ({ month, name: formatMonth(month) }))}
            value={current() ?? at()}
            onGo={go}
          />
        </Show>
      </FilterBar>
      <Show when={inTrash()}>
        <p class={styles.note}>Images stay here for 30 days, then they go for good.</p>
      </Show>
      <div class={styles.layout}>
        <div>
          <Show when={start() !== undefined}>
            <GalleryGrid
              filter={filter()}
              after={start() ?? null}
              onSee={(createdAt) => setCurrent(createdAt.slice(0, 7))}
              {...(isFiltered({ ...filter(), trash: undefined })
                ? { emptyTitle: 'No image is like this', empty: 'Take a filter away to see more.' }
                : inTrash()
                  ? { emptyTitle: 'The trash is empty', empty: 'Images that are deleted come here first.' }
                  : { empty: 'Every generated image is kept here, with the parameters that made it.' })}
            >
              <Show when={!isFiltered(filter()) && can('WRITE_JOBS')}>
                <LinkButton kind="primary" href="/generate">
                  Generate the first
                </LinkButton>
              </Show>
            </GalleryGrid>
          </Show>
        </div>
        <div class={styles.scrubber}>
          <Show when={list().length > 1}>
            <Scrubber months={list()} current={current()} describe={describe} onGo={go} />
          </Show>
        </div>
      </div>
      <Show when={at()}>{(month) => <p class="srOnly">Beginning with {formatMonth(month())}</p>}</Show>
    </Page>
  );
}

function EmptyTrashButton() {
  const actions = createOutputActions();
  const [asking, setAsking] = createSignal(false);
  const empty = async () => {
    await actions.purge(null);
    setAsking(false);
  };
  return (
    <Show when={can('WRITE_JOBS')}>
      <Button icon={Trash} onClick={() => setAsking(true)}>
        Empty trash
      </Button>
      <ConfirmDialog
        open={asking()}
        onClose={() => setAsking(false)}
        title="Empty the trash?"
        description="All images in it are deleted with their files. This cannot be undone."
        confirm="Delete all for good"
        pending={actions.pending()}
        onConfirm={() => void empty()}
      />
    </Show>
  );
}
