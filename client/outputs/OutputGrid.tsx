import { A } from '@solidjs/router';
import Images from 'lucide-solid/icons/images';
import { createEffect, type JSX, Show } from 'solid-js';
import { graphql, useFragment } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Picture } from '../ui/ImageTile.tsx';
import { More } from '../ui/More.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import styles from './OutputGrid.module.css';
import { rememberOrder } from './order.ts';

const OutputsQuery = graphql(`
  query Outputs($characterId: ID, $loraId: ID, $generationId: ID, $after: String) {
    outputs(characterId: $characterId, loraId: $loraId, generationId: $generationId, first: 60, after: $after) {
      edges { node { id ...OutputGrid_output } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const Output = graphql(`
  fragment OutputGrid_output on Output {
    id
    width
    height
    thumbHash
    thumbnailUrl
    prompt
  }
`);

/** Images, newest first, row after row in their own shape; more come as one scrolls. */
export function OutputGrid(props: {
  characterId?: string | undefined;
  loraId?: string | undefined;
  generationId?: string | undefined;
  empty: string;
  children?: JSX.Element;
}) {
  const list = createPages({
    query: OutputsQuery,
    variables: (after) => ({
      characterId: props.characterId ?? null,
      loraId: props.loraId ?? null,
      generationId: props.generationId ?? null,
      after,
    }),
    connection: (data) => data.outputs,
  });
  createEffect(() => rememberOrder(list.nodes().map((node) => node.id)));
  return (
    <Loaded query={list.first} skeleton={<PageSkeleton kind="grid" />}>
      {() => (
        <Show
          when={list.nodes().length > 0}
          fallback={
            <EmptyState icon={Images} title="No images yet" actions={props.children}>
              {props.empty}
            </EmptyState>
          }
        >
          <ul class={styles.grid}>
            <Each each={list.nodes()}>
              {(node) => {
                const output = () => useFragment(Output, node());
                const ratio = () => output().width / output().height;
                return (
                  <li class={styles.item} style={{ '--ratio': ratio() }}>
                    <A href={`/outputs/${output().id}`} class={styles.tile}>
                      <Picture
                        src={output().thumbnailUrl}
                        thumbHash={output().thumbHash}
                        alt={output().prompt}
                      />
                    </A>
                  </li>
                );
              }}
            </Each>
          </ul>
          <More when={list.hasMore()} onMore={list.more} />
        </Show>
      )}
    </Loaded>
  );
}
