import { useNavigate, useParams, useSearchParams } from '@solidjs/router';
import { createEffect, createMemo, createSignal, onCleanup, onMount, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { createShortcuts } from '../shell/shortcuts.ts';
import { Each } from '../ui/Each.tsx';
import { NotFound } from '../ui/ErrorState.tsx';
import { Picture } from '../ui/ImageTile.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { ZoomStage } from '../ui/ZoomStage.tsx';
import { WHOLE } from '../ui/zoom.ts';
import { filterIn, type GalleryFilter, queryOf, variablesOf } from './filter.ts';
import { InTrash } from './InTrash.tsx';
import { Lineage } from './Lineage.tsx';
import { OutputActions } from './OutputActions.tsx';
import styles from './OutputPage.module.css';
import { Parameters } from './Parameters.tsx';

const OutputQuery = graphql(`
  query OutputPage(
    $id: ID!, $characterId: ID, $loraId: ID, $generationId: ID, $isFavourite: Boolean, $from: DateTime, $to: DateTime,
    $search: String, $inTrash: Boolean!
  ) {
    output(id: $id) {
      id
      index
      width
      height
      thumbHash
      url
      deletedAt
      prompt
      generation { id }
      newer(
        characterId: $characterId, loraId: $loraId, generationId: $generationId, isFavourite: $isFavourite, from: $from,
        to: $to, search: $search, inTrash: $inTrash
      ) { id url }
      older(
        characterId: $characterId, loraId: $loraId, generationId: $generationId, isFavourite: $isFavourite, from: $from,
        to: $to, search: $search, inTrash: $inTrash
      ) { id url }
      ...OutputActions_output
      ...InTrash_output
      ...Lineage_output
      ...Parameters_output
    }
  }
`);

/** One image, with what is beside it in the gallery that one came from: the address has its filter. */
export function OutputPage() {
  const params = useParams<{ id: string }>();
  const [search] = useSearchParams<GalleryFilter>();
  const filter = createMemo(() => filterIn(search));
  const navigate = useNavigate();
  const query = createPageQuery(OutputQuery, () => ({ id: params.id, ...variablesOf(filter()) }));
  const output = createMemo(() => query.data()?.output ?? undefined);
  const gallery = () => `/outputs${queryOf(filter())}`;
  const go = (to: { id: string } | null | undefined) => {
    if (to != null) navigate(`/outputs/${to.id}${queryOf(filter())}`, { replace: true, scroll: false });
  };
  // The next ones are fetched before one goes there.
  createEffect(() => {
    for (const beside of [output()?.older, output()?.newer]) if (beside != null) new Image().src = beside.url;
  });
  onMount(() => {
    createShortcuts('Image', [
      { keys: 'ArrowLeft', label: 'The image before' },
      { keys: 'ArrowRight', label: 'The next image' },
    ]);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select')) return;
      if (document.querySelector('[role="dialog"]') !== null) return;
      if (event.key === 'ArrowLeft') go(output()?.newer);
      if (event.key === 'ArrowRight') go(output()?.older);
      if (event.key === 'Escape') navigate(gallery());
    };
    window.addEventListener('keydown', onKeyDown);
    onCleanup(() => window.removeEventListener('keydown', onKeyDown));
  });

  return (
    <Page
      title={output() === undefined ? 'Image' : `Image ${(output()?.index ?? 0) + 1}`}
      crumbs={[{ label: filter().trash === undefined ? 'Gallery' : 'Trash', href: gallery() }]}
      actions={
        <Show when={output()}>
          {(found) => (
            <OutputActions
              output={found()}
              newer={found().newer ?? null}
              older={found().older ?? null}
              onGo={go}
              onDeleted={() => {
                const next = found().older ?? found().newer;
                if (next == null) navigate(gallery());
                else go(next);
              }}
              onRestored={query.refresh}
            />
          )}
        </Show>
      }
    >
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {() => (
          <Show when={output()} fallback={<NotFound what="image" href="/outputs" back="To the gallery" />}>
            {(found) => (
              <div class={styles.layout}>
                <div class={styles.stage} style={{ '--ratio': found().width / found().height }}>
                  <Each each={[found()]}>{(shown) => <Zoomable output={shown()} />}</Each>
                </div>
                <div class={styles.side}>
                  <Show when={found().deletedAt}>
                    <InTrash output={found()} onGone={() => navigate(gallery())} onRestored={query.refresh} />
                  </Show>
                  <Parameters output={found()} />
                  <Lineage output={found()} />
                </div>
              </div>
            )}
          </Show>
        )}
      </Loaded>
    </Page>
  );
}

type Shown = {
  url: string;
  thumbHash: string;
  width: number;
  height: number;
  prompt: string;
};

/** Each image begins whole. While it is, the arrow keys go on to the next. */
function Zoomable(props: { output: Shown }) {
  const [zoom, setZoom] = createSignal(WHOLE);
  return (
    <ZoomStage zoom={zoom()} onZoom={setZoom} label={props.output.prompt}>
      <Picture
        src={props.output.url}
        thumbHash={props.output.thumbHash}
        alt={props.output.prompt}
        width={props.output.width}
        height={props.output.height}
        fit="contain"
        eager
      />
    </ZoomStage>
  );
}
