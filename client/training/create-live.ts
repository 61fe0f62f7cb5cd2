import { useClient } from '@urql/solid';
import { type Accessor, createEffect, createSignal, onCleanup, untrack } from 'solid-js';
import type { TrainingPageQuery } from '../gql/graphql.ts';
import { applyEvent, type Live, startLive } from './live.ts';
import { TrainingEvents } from './queries.ts';

type Stored = NonNullable<TrainingPageQuery['training']>;
type StoredSample = Stored['samples']['edges'][number]['node'];

/**
 * What the query brought, and then each event after it. The events start at the cursor of what was read, so there is
 * neither a gap nor a step twice; when the page reads anew, it starts over from there.
 */
export function createLive(stored: Accessor<Stored>): Accessor<Live<StoredSample>> {
  const client = useClient();
  const read = () =>
    startLive<StoredSample>({
      points: stored().metrics,
      samples: stored().samples.edges.map((edge) => edge.node),
      lines: stored().log.edges.map((edge) => edge.node),
      gpu: stored().gpuHistory,
    });
  const [live, setLive] = createSignal(read());
  createEffect(() => {
    const variables = { id: stored().id, after: stored().cursor };
    setLive(untrack(read));
    const { unsubscribe } = client.subscription(TrainingEvents, variables).subscribe((result) => {
      const event = result.data?.jobEvents;
      if (event != null) setLive((before) => applyEvent(before, event));
    });
    onCleanup(unsubscribe);
  });
  return live;
}
