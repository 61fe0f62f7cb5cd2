import { useParams } from '@solidjs/router';
import { createSubscription } from '@urql/solid';
import { createMemo, For, Show } from 'solid-js';
import type { TrainingPageQuery as Data } from '../gql/graphql.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { NotFound } from '../ui/ErrorState.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { Attempts } from './Attempts.tsx';
import { Checkpoints } from './Checkpoints.tsx';
import { Configuration } from './Configuration.tsx';
import { createLive } from './create-live.ts';
import { GpuStrip } from './GpuStrip.tsx';
import { LogLines } from './LogLines.tsx';
import { LossChart } from './LossChart.tsx';
import { TrainingPageQuery, TrainingUpdates } from './queries.ts';
import { Samples } from './Samples.tsx';
import { TrainingActions } from './TrainingActions.tsx';
import { TrainingEnd } from './TrainingEnd.tsx';
import { TrainingHead } from './TrainingHead.tsx';
import styles from './TrainingPage.module.css';

export function TrainingPage() {
  const params = useParams<{ id: string }>();
  return <For each={[params.id]}>{(id) => <OneTraining id={id} />}</For>;
}

function OneTraining(props: { id: string }) {
  const query = createPageQuery(TrainingPageQuery, () => ({ id: props.id }));
  createSubscription({ query: TrainingUpdates, variables: () => ({ id: props.id }) });
  const training = createMemo(() => query.data()?.training ?? undefined);
  const crumbs = () => {
    const character = training()?.character;
    const first = { label: 'Characters', href: '/' };
    return character == null
      ? [first]
      : [first, { label: character.name, href: `/characters/${character.id}?tab=trainings` }];
  };
  return (
    <Page
      title={training() === undefined ? 'Training' : `Training ${training()?.number}`}
      crumbs={crumbs()}
      actions={<Show when={training()}>{(found) => <TrainingActions training={found()} />}</Show>}
    >
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {() => (
          <Show when={training()} fallback={<NotFound what="training" href="/queue" back="To the queue" />}>
            {(found) => <Everything training={found()} />}
          </Show>
        )}
      </Loaded>
    </Page>
  );
}

function Everything(props: { training: NonNullable<Data['training']> }) {
  const live = createLive(() => props.training);
  return (
    <div class={styles.layout}>
      <TrainingHead training={props.training} />
      <TrainingEnd training={props.training} lines={live().lines} />
      <div class={styles.pair}>
        <LossChart points={live().points} checkpoints={props.training} />
        <Checkpoints training={props.training} />
      </div>
      <GpuStrip readings={live().gpu} />
      <Samples samples={live().samples} />
      <Configuration training={props.training} />
      <LogLines
        jobId={props.training.id}
        lines={live().lines}
        hasOlder={props.training.log.pageInfo.hasPreviousPage}
      />
      <Attempts training={props.training} />
    </div>
  );
}
