import Pause from 'lucide-solid/icons/pause';
import Play from 'lucide-solid/icons/play';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { Button } from '../ui/Button.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { toast } from '../ui/toast.ts';
import styles from './LineCard.module.css';
import { lineCounts, lineName, lineState } from './line-words.ts';

const Queue = graphql(`
  fragment LineCard_queue on Queue { name isPaused pausedAt queued running workers }
`);

const PauseQueue = graphql(`
  mutation PauseQueue($input: PauseQueueInput!) {
    pauseQueue(input: $input) {
      __typename
      ... on PauseQueueSuccess { queue { ...LineCard_queue } }
      ... on UserError { message }
    }
  }
`);

const ResumeQueue = graphql(`
  mutation ResumeQueue($input: ResumeQueueInput!) {
    resumeQueue(input: $input) {
      __typename
      ... on ResumeQueueSuccess { queue { ...LineCard_queue } }
      ... on UserError { message }
    }
  }
`);

/** How a line is, in words, and the way to let it stand still or go on. */
export function LineCard(props: { line: FragmentType<typeof Queue> }) {
  const line = () => useFragment(Queue, props.line);
  const state = () => lineState(line());
  const name = () => lineName(line().name);
  const pausing = createAction(PauseQueue);
  const resuming = createAction(ResumeQueue);
  const told = (result: { __typename: string; message?: string } | undefined, done: string) => {
    if (result?.message !== undefined)
      toast({ kind: 'bad', title: `${name()} stay as they are`, message: result.message });
    else if (result !== undefined) announce(done);
  };
  const toggle = async () => {
    const input = { queue: line().name };
    if (line().isPaused) told((await resuming.run({ input }))?.resumeQueue, `${name()} go on.`);
    else
      told(
        (await pausing.run({ input }))?.pauseQueue,
        `${name()} are paused. ${lineState({ ...line(), isPaused: true }).meaning}`,
      );
  };
  return (
    <li class={styles.card} data-paused={line().isPaused}>
      <div class={styles.head}>
        <h3 class={styles.name} title={line().name}>
          {name()}
        </h3>
        <Status tone={state().tone} word={state().word} />
      </div>
      <p class={`${styles.counts} numbers`}>{lineCounts(line())}</p>
      <p class={styles.meaning}>
        {state().meaning}
        <Show when={line().pausedAt}>
          {(at) => (
            <>
              {' '}
              Since <Time at={at()} />.
            </>
          )}
        </Show>
      </p>
      <Show when={can('ADMIN')}>
        <Button
          size="small"
          kind={line().isPaused ? 'primary' : 'plain'}
          icon={line().isPaused ? Play : Pause}
          class={styles.button ?? ''}
          aria-busy={pausing.pending() || resuming.pending()}
          onClick={() => !pausing.pending() && !resuming.pending() && void toggle()}
        >
          {line().isPaused ? 'Resume' : 'Pause'} <span class="srOnly">{name().toLowerCase()}</span>
        </Button>
      </Show>
    </li>
  );
}
