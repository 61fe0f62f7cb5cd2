import Sparkles from 'lucide-solid/icons/sparkles';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { More } from '../ui/More.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Batch } from './Batch.tsx';
import styles from './ContactSheet.module.css';

const GenerationsQuery = graphql(`
  query Generations($after: String) {
    generations(first: 12, after: $after) {
      edges { node { id ...Batch_generation } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** What was made, the newest batch on top. */
export function ContactSheet(props: { onUseSeed: (seed: number) => void }) {
  const list = createPages({
    query: GenerationsQuery,
    variables: (after) => ({ after }),
    connection: (data) => data.generations,
  });
  return (
    <section class={styles.sheet} aria-label="Images">
      <Loaded query={list.first} skeleton={<PageSkeleton kind="grid" />}>
        {() => (
          <Show
            when={list.nodes().length > 0}
            fallback={
              <EmptyState icon={Sparkles} title="Nothing generated yet">
                {can('WRITE_JOBS') && 'Write what you want to see and start. '}
                The images appear here while they are made.
              </EmptyState>
            }
          >
            <Each each={list.nodes()}>
              {(generation) => <Batch generation={generation()} onUseSeed={props.onUseSeed} />}
            </Each>
            <More when={list.hasMore()} onMore={list.more} />
          </Show>
        )}
      </Loaded>
    </section>
  );
}
