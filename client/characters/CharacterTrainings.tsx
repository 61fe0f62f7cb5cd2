import Flame from 'lucide-solid/icons/flame';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPages } from '../graphql/query.ts';
import { TrainingRow } from '../training/TrainingRow.tsx';
import { Button, LinkButton } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';

const TrainingsQuery = graphql(`
  query CharacterTrainings($id: ID!, $after: String) {
    trainings(characterId: $id, first: 30, after: $after) {
      edges { node { id ...TrainingRow_training } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export function CharacterTrainings(props: { id: string; name: string }) {
  const list = createPages({
    query: TrainingsQuery,
    variables: (after) => ({ id: props.id, after }),
    connection: (data) => data.trainings,
  });
  return (
    <Loaded query={list.first} skeleton={<PageSkeleton kind="lines" />}>
      {() => (
        <Show
          when={list.nodes().length > 0}
          fallback={
            <EmptyState
              icon={Flame}
              title="No training yet"
              actions={
                <Show when={can('WRITE_JOBS')}>
                  <LinkButton href={`/characters/${props.id}/train`}>Train {props.name}</LinkButton>
                </Show>
              }
            >
              A training learns {props.name} from the photos and leaves a LoRA to generate with.
            </EmptyState>
          }
        >
          <ul>
            <Each each={list.nodes()}>{(training) => <TrainingRow training={training()} />}</Each>
          </ul>
          <Show when={list.hasMore()}>
            <Button onClick={list.more}>Show more</Button>
          </Show>
        </Show>
      )}
    </Loaded>
  );
}
