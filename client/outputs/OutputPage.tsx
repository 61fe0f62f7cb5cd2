import { useNavigate, useParams } from '@solidjs/router';
import ChevronLeft from 'lucide-solid/icons/chevron-left';
import ChevronRight from 'lucide-solid/icons/chevron-right';
import Download from 'lucide-solid/icons/download';
import { createMemo, onCleanup, onMount, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { createShortcuts } from '../shell/shortcuts.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { NotFound } from '../ui/ErrorState.tsx';
import { Picture } from '../ui/ImageTile.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import styles from './OutputPage.module.css';
import { neighboursOf } from './order.ts';
import { Parameters } from './Parameters.tsx';

const OutputQuery = graphql(`
  query OutputPage($id: ID!) {
    output(id: $id) {
      id
      index
      width
      height
      thumbHash
      url
      downloadUrl
      prompt
      generation { id outputs { id } }
      ...Parameters_output
    }
  }
`);

export function OutputPage() {
  const params = useParams<{ id: string }>();
  const navigate = useNavigate();
  const query = createPageQuery(OutputQuery, () => ({ id: params.id }));
  const output = createMemo(() => query.data()?.output ?? undefined);
  const neighbours = createMemo(() =>
    neighboursOf(params.id, output()?.generation.outputs.map((sibling) => sibling.id) ?? []),
  );
  const go = (id: string | null) => {
    if (id !== null) navigate(`/outputs/${id}`, { replace: true, scroll: false });
  };
  onMount(() => {
    createShortcuts('Image', [
      { keys: 'ArrowLeft', label: 'The image before' },
      { keys: 'ArrowRight', label: 'The next image' },
    ]);
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select')) return;
      if (event.key === 'ArrowLeft') go(neighbours().previous);
      if (event.key === 'ArrowRight') go(neighbours().next);
    };
    window.addEventListener('keydown', onKeyDown);
    onCleanup(() => window.removeEventListener('keydown', onKeyDown));
  });

  return (
    <Page
      title={output() === undefined ? 'Image' : `Image ${(output()?.index ?? 0) + 1}`}
      crumbs={[{ label: 'Gallery', href: '/outputs' }]}
      actions={
        <Show when={output()}>
          {(found) => (
            <>
              <Button
                kind="quiet"
                icon={ChevronLeft}
                label="Previous image"
                disabled={neighbours().previous === null}
                onClick={() => go(neighbours().previous)}
              />
              <Button
                kind="quiet"
                icon={ChevronRight}
                label="Next image"
                disabled={neighbours().next === null}
                onClick={() => go(neighbours().next)}
              />
              <LinkButton icon={Download} href={found().downloadUrl} download>
                Download
              </LinkButton>
            </>
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
                  <Picture
                    src={found().url}
                    thumbHash={found().thumbHash}
                    alt={found().prompt}
                    width={found().width}
                    height={found().height}
                    fit="contain"
                    eager
                  />
                </div>
                <Parameters output={found()} />
              </div>
            )}
          </Show>
        )}
      </Loaded>
    </Page>
  );
}
