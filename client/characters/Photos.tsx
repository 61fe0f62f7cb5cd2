import { useSearchParams } from '@solidjs/router';
import { useClient } from '@urql/solid';
import ImagePlus from 'lucide-solid/icons/image-plus';
import Upload from 'lucide-solid/icons/upload';
import { createSignal, onCleanup, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createPages } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { chooseFiles } from '../ui/files.ts';
import { plural } from '../ui/format.ts';
import { More } from '../ui/More.tsx';
import { SizeChoice } from '../ui/SizeChoice.tsx';
import { DropZone } from './DropZone.tsx';
import { PhotoGrid } from './PhotoGrid.tsx';
import { PhotoInspector } from './PhotoInspector.tsx';
import styles from './Photos.module.css';
import { UploadPanel } from './UploadPanel.tsx';
import { uploadsOf } from './uploads.ts';

const Character = graphql(`
  fragment Photos_character on Character {
    id
    name
    triggerWord
    imageCount
  }
`);

const PhotosQuery = graphql(`
  query Photos($id: ID!, $after: String) {
    character(id: $id) {
      id
      images(first: 200, after: $after) {
        edges { node { id ...PhotoGrid_image ...PhotoInspector_image } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

const NOTHING = { edges: [], pageInfo: { hasNextPage: false } };

const PHOTO_TYPES = 'image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic';
const REFRESH_MS = 700;

export function Photos(props: { character: FragmentType<typeof Character>; onChanged: () => void }) {
  const client = useClient();
  const [search, setSearch] = useSearchParams<{ photo: string }>();
  const character = () => useFragment(Character, props.character);
  const list = createPages({
    query: PhotosQuery,
    variables: (after) => ({ id: character().id, after }),
    connection: (data) => data.character?.images ?? NOTHING,
  });
  const photos = list.nodes;
  const selected = () => photos().find((photo) => photo.id === search.photo);
  const select = (id: string | null) => setSearch({ photo: id }, { replace: true });
  const [size, setSize] = createSignal<'S' | 'M' | 'L'>('M');

  const refresh = () => {
    list.first.refresh();
    props.onChanged();
  };

  const { queue, listeners } = uploadsOf(client, character().id);
  // Many photos end within a second; the page reads its list again at most every 700 ms.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onEnded = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      refresh();
    }, REFRESH_MS);
  };
  listeners.add(onEnded);
  onCleanup(() => {
    listeners.delete(onEnded);
    clearTimeout(timer);
  });

  const choose = () => void chooseFiles(PHOTO_TYPES).then(queue.add);
  const neighbour = (id: string) => {
    const index = photos().findIndex((photo) => photo.id === id);
    return photos()[index + 1]?.id ?? photos()[index - 1]?.id ?? null;
  };

  return (
    <DropZone
      isOpen={can('WRITE_CHARACTERS')}
      onFiles={queue.add}
      label={`Drop photos of ${character().name} to add them`}
    >
      <UploadPanel queue={queue} />
      <Show
        when={character().imageCount > 0 || photos().length > 0}
        fallback={<NoPhotos name={character().name} onChoose={choose} />}
      >
        <div class={styles.tools}>
          <p class="muted small">
            {plural(character().imageCount, 'photo')}.
            <Show when={can('WRITE_CHARACTERS')}> Drop or paste more anywhere.</Show>
          </p>
          <SizeChoice value={size()} onChange={setSize} />
          <Show when={can('WRITE_CHARACTERS')}>
            <Button icon={Upload} onClick={choose}>
              Add photos
            </Button>
          </Show>
        </div>
        <div class={styles.split} data-open={selected() !== undefined}>
          <div>
            <PhotoGrid photos={photos()} size={size()} selectedId={search.photo ?? null} onSelect={select} />
            <More when={list.hasMore()} onMore={list.more} />
          </div>
          <Show when={selected()}>
            {(photo) => (
              <PhotoInspector
                image={photo()}
                triggerWord={character().triggerWord}
                onClose={() => select(null)}
                onDeleted={(id) => {
                  select(neighbour(id));
                  refresh();
                }}
              />
            )}
          </Show>
        </div>
      </Show>
    </DropZone>
  );
}

function NoPhotos(props: { name: string; onChoose: () => void }) {
  return (
    <Show
      when={can('WRITE_CHARACTERS')}
      fallback={
        <EmptyState icon={ImagePlus} title={`No photos of ${props.name} yet`}>
          Editors and owners can add some.
        </EmptyState>
      }
    >
      <EmptyState
        icon={ImagePlus}
        title={`Add photos of ${props.name}`}
        actions={
          <Button kind="primary" icon={Upload} onClick={() => props.onChoose()}>
            Choose photos
          </Button>
        }
      >
        Drop them anywhere on this page, paste one, or choose files. Ten is the floor, 20 to 30 varied ones
        train best: different light, angle, distance and background. JPEG, PNG, WebP, GIF, AVIF or HEIC, up to
        20 MB each.
      </EmptyState>
    </Show>
  );
}
