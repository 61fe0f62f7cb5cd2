import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { formatCount, formatDuration, formatEta, formatLoss, sentenceCase } from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import { StateBadge } from '../ui/StateBadge.tsx';
import { Time } from '../ui/Time.tsx';
import styles from './TrainingRow.module.css';

const Training = graphql(`
  fragment TrainingRow_training on Training {
    id
    number
    state
    preset
    step
    steps
    loss
    elapsedSeconds
    createdAt
    eta { seconds lowSeconds highSeconds }
    lora { id name finalLoss }
    error { message }
  }
`);

export function TrainingRow(props: { training: FragmentType<typeof Training> }) {
  const training = () => useFragment(Training, props.training);
  return (
    <li>
      <A href={`/trainings/${training().id}`} class={styles.row}>
        <span class={styles.name}>Training {training().number}</span>
        <StateBadge state={training().state} />
        <span class={`${styles.what} numbers`}>
          <Show
            when={training().state === 'RUNNING'}
            fallback={
              training().error?.message ?? training().lora?.name ?? `${formatCount(training().steps)} steps`
            }
          >
            <span class={styles.bar}>
              <Progress
                value={training().step}
                max={training().steps}
                label={`Training ${training().number}`}
              />
            </span>
            <Show when={training().eta}>{(eta) => <>{formatEta(eta())}</>}</Show>
          </Show>
        </span>
        <span class="muted small numbers">
          {sentenceCase(training().preset)}
          <Show when={training().loss != null}> · loss {formatLoss(training().loss ?? 0)}</Show>
          <Show when={training().elapsedSeconds}>{(seconds) => <> · {formatDuration(seconds())}</>}</Show>
        </span>
        <span class="muted small">
          <Time at={training().createdAt} />
        </span>
      </A>
    </li>
  );
}
