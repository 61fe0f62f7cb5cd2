import Check from 'lucide-solid/icons/check';
import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { placeWord } from '../queue/place.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatEta,
  formatLoss,
  formatRate,
  formatSpeed,
} from '../ui/format.ts';
import { Progress } from '../ui/Progress.tsx';
import { StateBadge } from '../ui/StateBadge.tsx';
import { Time } from '../ui/Time.tsx';
import { stagesOf } from './stages.ts';
import styles from './TrainingHead.module.css';

const Training = graphql(`
  fragment TrainingHead_training on Training {
    id
    title
    state
    isCancelling
    stage
    step
    steps
    stepsPerSecond
    elapsedSeconds
    eta { seconds lowSeconds highSeconds }
    place { position expectedStartAt waitsFor { reason message until } }
    attempt
    createdAt
    finishedAt
    loss
    learningRate
    gpu { utilisation memoryUsedBytes memoryTotalBytes temperatureCelsius powerWatts }
  }
`);

const TONE = {
  QUEUED: 'muted',
  RUNNING: 'accent',
  COMPLETED: 'good',
  FAILED: 'bad',
  CANCELLED: 'muted',
} as const;
const WORD = {
  QUEUED: 'Waiting',
  RUNNING: 'Training',
  COMPLETED: 'Done',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

/** Where the training is, how far, how long still, and its numbers of now. */
export function TrainingHead(props: { training: FragmentType<typeof Training> }) {
  const training = () => useFragment(Training, props.training);
  const isRunning = () => training().state === 'RUNNING';
  return (
    <section class={styles.head} aria-label="Progress">
      <div class={styles.line}>
        <StateBadge
          state={training().state}
          word={isRunning() && training().isCancelling ? 'Stopping' : WORD[training().state]}
        />
        <span class={`${styles.step} numbers`} data-testid="step" data-step={training().step}>
          step {formatCount(training().step)} / {formatCount(training().steps)}
        </span>
        <span class={`${styles.time} numbers`}>
          <Show when={training().state === 'QUEUED' ? training().place : null}>
            {(place) => (
              <span title={place().waitsFor.message}>
                {placeWord(place())}
                <Show when={place().expectedStartAt}>
                  {(at) => (
                    <>
                      , starts <Time at={at()} />
                    </>
                  )}
                </Show>
              </span>
            )}
          </Show>
          <Show when={isRunning() ? training().eta : null}>{(eta) => <>{formatEta(eta())}</>}</Show>
          <Show when={training().finishedAt}>{(at) => <Time at={at()} />}</Show>
        </span>
      </div>
      <Progress
        value={training().step}
        max={training().steps}
        label={`${training().title}, steps`}
        tone={TONE[training().state]}
      />
      <div class={styles.line}>
        <ol class={styles.stages} aria-label="Stages">
          <For each={stagesOf(training())}>
            {(stage) => (
              <li
                class={styles.stage}
                data-state={stage.state}
                aria-current={stage.state === 'now' ? 'step' : undefined}
              >
                {stage.word}
                <Show when={stage.state === 'done'}>
                  <Check size={16} aria-label="done" />
                </Show>
                <Show when={stage.state === 'now'}>
                  <span class={styles.dot} aria-hidden="true" />
                </Show>
              </li>
            )}
          </For>
        </ol>
        <dl class={`${styles.numbers} numbers`}>
          <Reading name="loss" value={training().loss} format={formatLoss} />
          <Reading name="lr" title="Learning rate" value={training().learningRate} format={formatRate} />
          <Reading name="speed" value={isRunning() ? training().stepsPerSecond : null} format={formatSpeed} />
          <Reading name="elapsed" value={training().elapsedSeconds} format={formatDuration} />
          <Reading
            name="attempt"
            value={training().attempt > 1 ? training().attempt : null}
            format={String}
          />
          <Show when={training().gpu}>
            {(gpu) => (
              <div>
                <dt>GPU</dt>
                <dd>
                  {Math.round(gpu().utilisation * 100)} % · {formatBytes(gpu().memoryUsedBytes)} of{' '}
                  {formatBytes(gpu().memoryTotalBytes)} · {Math.round(gpu().temperatureCelsius)} °C
                  <Show when={gpu().powerWatts}>{(watts) => <> · {Math.round(watts())} W</>}</Show>
                </dd>
              </div>
            )}
          </Show>
        </dl>
      </div>
    </section>
  );
}

function Reading(props: {
  name: string;
  title?: string;
  value: number | null | undefined;
  format: (value: number) => string;
}) {
  return (
    <Show when={props.value != null}>
      <div>
        <dt title={props.title}>{props.name}</dt>
        <dd>{props.value == null ? '' : props.format(props.value)}</dd>
      </div>
    </Show>
  );
}
