import { useNavigate, useParams, useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, For, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { createShortcuts } from '../shell/shortcuts.ts';
import { NotFound } from '../ui/ErrorState.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { CharacterActions } from './CharacterActions.tsx';
import { CharacterDialog } from './CharacterDialog.tsx';
import { CharacterHeader } from './CharacterHeader.tsx';
import { CharacterImages } from './CharacterImages.tsx';
import { CharacterLoras } from './CharacterLoras.tsx';
import { CharacterTrainings } from './CharacterTrainings.tsx';
import { DeleteCharacterDialog } from './DeleteCharacterDialog.tsx';
import { Photos } from './Photos.tsx';

const CharacterPageQuery = graphql(`
  query CharacterPage($id: ID!) {
    character(id: $id) {
      id
      name
      triggerWord
      description
      imageCount
      loraCount
      outputCount
      contents { images loras trainings generations samples outputs bytes }
      ...CharacterHeader_character
      ...CharacterActions_character
      ...Photos_character
    }
  }
`);

export function CharacterPage() {
  const params = useParams<{ id: string }>();
  // Another character is another page, with nothing left of the one before.
  return <For each={[params.id]}>{(id) => <OneCharacter id={id} />}</For>;
}

function OneCharacter(props: { id: string }) {
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams<{ tab: string }>();
  const [dialog, setDialog] = createSignal<'edit' | 'delete' | null>(null);
  const query = createPageQuery(CharacterPageQuery, () => ({ id: props.id }));
  const character = createMemo(() => query.data()?.character ?? undefined);
  createShortcuts('Character', [
    ...(can('WRITE_JOBS')
      ? [{ keys: 't', label: 'Train', run: () => navigate(`/characters/${props.id}/train`) }]
      : []),
    ...(can('WRITE_CHARACTERS') ? [{ keys: 'e', label: 'Edit', run: () => setDialog('edit') }] : []),
    { keys: 'ArrowRight', label: 'Walk through the photos' },
  ]);

  return (
    <Page
      title={character()?.name ?? 'Character'}
      crumbs={[{ label: 'Characters', href: '/' }]}
      actions={
        <Show when={character()}>
          {(found) => (
            <CharacterActions
              character={found()}
              onEdit={() => setDialog('edit')}
              onDelete={() => setDialog('delete')}
            />
          )}
        </Show>
      }
    >
      <Loaded query={query} skeleton={<PageSkeleton kind="grid" />}>
        {() => (
          <Show when={character()} fallback={<NotFound what="character" href="/" back="To all characters" />}>
            {(found) => (
              <>
                <CharacterHeader character={found()} />
                <Tabs
                  label={found().name}
                  value={search.tab ?? 'photos'}
                  onChange={(tab) => setSearch({ tab: tab === 'photos' ? null : tab }, { replace: true })}
                  tabs={[
                    {
                      value: 'photos',
                      label: 'Photos',
                      count: found().imageCount,
                      content: () => <Photos character={found()} onChanged={query.refresh} />,
                    },
                    {
                      value: 'trainings',
                      label: 'Trainings',
                      count: found().contents.trainings,
                      content: () => <CharacterTrainings id={props.id} name={found().name} />,
                    },
                    {
                      value: 'loras',
                      label: 'LoRAs',
                      count: found().loraCount,
                      content: () => <CharacterLoras id={props.id} name={found().name} />,
                    },
                    {
                      value: 'images',
                      label: 'Images',
                      count: found().outputCount,
                      content: () => <CharacterImages id={props.id} name={found().name} />,
                    },
                  ]}
                />
                <CharacterDialog
                  open={dialog() === 'edit'}
                  character={found()}
                  onClose={() => setDialog(null)}
                  onSaved={() => undefined}
                />
                <DeleteCharacterDialog
                  open={dialog() === 'delete'}
                  character={found()}
                  contents={found().contents}
                  onClose={() => setDialog(null)}
                  onDeleted={() => navigate('/')}
                />
              </>
            )}
          </Show>
        )}
      </Loaded>
    </Page>
  );
}
