import { useNavigate, useSearchParams } from '@solidjs/router';
import Plus from 'lucide-solid/icons/plus';
import Search from 'lucide-solid/icons/search';
import UserRound from 'lucide-solid/icons/user-round';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import type { CharacterSort } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { createOpenedBy } from '../shell/create-opened-by.ts';
import { createShortcuts } from '../shell/shortcuts.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { SelectField, TextField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { CharacterCard } from './CharacterCard.tsx';
import { CharacterDialog } from './CharacterDialog.tsx';
import styles from './CharactersPage.module.css';
import { ExampleButton } from './ExampleButton.tsx';

const CharactersQuery = graphql(`
  query Characters($search: String, $sort: CharacterSort!, $after: String) {
    characters(search: $search, sort: $sort, first: 48, after: $after) {
      totalCount
      edges { node { id ...CharacterCard_character } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const SORTS: { value: CharacterSort; label: string }[] = [
  { value: 'NEWEST', label: 'Newest first' },
  { value: 'UPDATED', label: 'Last changed' },
  { value: 'NAME', label: 'By name' },
];

export function CharactersPage() {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams<{ search: string; sort: string }>();
  const sort = () => SORTS.find((option) => option.value === params.sort)?.value ?? 'NEWEST';
  const [creating, setCreating] = createOpenedBy('new', () => can('WRITE_CHARACTERS'));
  if (can('WRITE_CHARACTERS'))
    createShortcuts('Characters', [{ keys: 'n', label: 'New character', run: () => setCreating(true) }]);
  const list = createPages({
    query: CharactersQuery,
    variables: (after) => ({ search: params.search ?? null, sort: sort(), after }),
    connection: (data) => data.characters,
  });
  const isUntouched = () => list.nodes().length === 0 && params.search === undefined;

  return (
    <Page
      title="Characters"
      actions={
        <Show when={can('WRITE_CHARACTERS')}>
          <Button kind="primary" icon={Plus} keys="n" onClick={() => setCreating(true)}>
            New character
          </Button>
        </Show>
      }
    >
      <Loaded query={list.first} skeleton={<PageSkeleton kind="grid" />}>
        {() => (
          <Show when={!isUntouched()} fallback={<FirstCharacter onCreate={() => setCreating(true)} />}>
            <search class={styles.tools}>
              <TextField
                label="Search"
                hideLabel
                type="search"
                placeholder="Search by name or trigger word"
                value={params.search ?? ''}
                onInput={(event) => setParams({ search: event.currentTarget.value }, { replace: true })}
              />
              <SelectField
                label="Sort"
                hideLabel
                value={sort()}
                options={SORTS}
                onChange={(value) =>
                  setParams({ sort: value === 'NEWEST' ? null : value }, { replace: true })
                }
              />
            </search>
            <Show
              when={list.nodes().length > 0}
              fallback={
                <EmptyState
                  icon={Search}
                  title="No character matches"
                  actions={<Button onClick={() => setParams({ search: null })}>Clear the search</Button>}
                >
                  Nothing has “{params.search}” in its name or trigger word.
                </EmptyState>
              }
            >
              <ul class={styles.grid}>
                <Each each={list.nodes()}>
                  {(character) => (
                    <li>
                      <CharacterCard character={character()} />
                    </li>
                  )}
                </Each>
              </ul>
            </Show>
            <Show when={list.hasMore()}>
              <div class={styles.more}>
                <Button onClick={list.more}>Show more</Button>
              </div>
            </Show>
          </Show>
        )}
      </Loaded>
      <CharacterDialog
        open={creating()}
        onClose={() => setCreating(false)}
        onSaved={(id) => navigate(`/characters/${id}`)}
      />
    </Page>
  );
}

function FirstCharacter(props: { onCreate: () => void }) {
  return (
    <EmptyState
      icon={UserRound}
      title={can('WRITE_CHARACTERS') ? 'Make your first character' : 'No character yet'}
      actions={
        <Show when={can('WRITE_CHARACTERS')}>
          <Button kind="primary" icon={Plus} onClick={() => props.onCreate()}>
            New character
          </Button>
          <ExampleButton />
        </Show>
      }
    >
      A character is a person, an animal or a thing that you have photos of: a LoRA learns it from them, and
      then you can make new pictures of it.
      {!can('WRITE_CHARACTERS') && ' Editors and owners make them.'}
    </EmptyState>
  );
}
