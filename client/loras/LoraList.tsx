import Layers from 'lucide-solid/icons/layers';
import Search from 'lucide-solid/icons/search';
import { type JSX, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import styles from './LoraList.module.css';
import { LoraRow } from './LoraRow.tsx';

const LorasQuery = graphql(`
  query Loras($characterId: ID, $search: String, $after: String) {
    loras(characterId: $characterId, search: $search, first: 40, after: $after) {
      edges { node { id ...LoraRow_lora } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** LoRAs, of one character or of all. `children` is how one gets the first. */
export function LoraList(props: {
  characterId?: string;
  search?: string | undefined;
  empty: string;
  children: JSX.Element;
}) {
  const list = createPages({
    query: LorasQuery,
    variables: (after) => ({ characterId: props.characterId ?? null, search: props.search ?? null, after }),
    connection: (data) => data.loras,
  });
  return (
    <Loaded query={list.first} skeleton={<PageSkeleton kind="lines" />}>
      {() => (
        <Show
          when={list.nodes().length > 0}
          fallback={
            <Show
              when={props.search === undefined}
              fallback={<EmptyState icon={Search} title={`No LoRA is called “${props.search}”`} />}
            >
              <EmptyState icon={Layers} title="No LoRA yet" actions={props.children}>
                {props.empty}
              </EmptyState>
            </Show>
          }
        >
          <ul class={styles.list}>
            <Each each={list.nodes()}>{(lora) => <LoraRow lora={lora()} />}</Each>
          </ul>
          <Show when={list.hasMore()}>
            <Button onClick={list.more}>Show more</Button>
          </Show>
        </Show>
      )}
    </Loaded>
  );
}
