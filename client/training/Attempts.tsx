import { For, Show } from 'solid-js';
import type { AttemptOutcome } from '../gql/graphql.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Fold } from '../ui/Fold.tsx';
import { formatDuration, plural } from '../ui/format.ts';
import { Time } from '../ui/Time.tsx';
import styles from './Attempts.module.css';

const Training = graphql(`
  fragment Attempts_training on Training {
    id
    attempts { number outcome host startedAt endedAt error { message advice } }
  }
`);

const WORDS: Record<AttemptOutcome, string> = {
  RUNNING: 'Runs now',
  COMPLETED: 'Done',
  FAILED: 'Failed',
  LOST: 'Its worker fell silent',
  CANCELLED: 'Cancelled',
  HELD: 'Held up by what no job can help',
  RETURNED: 'Given back by its worker',
};

/** Each time that a worker took it, and what came of it. One that went well the first time needs no list. */
export function Attempts(props: { training: FragmentType<typeof Training> }) {
  const attempts = () => useFragment(Training, props.training).attempts;
  const took = (start: string, end: string) =>
    formatDuration((new Date(end).getTime() - new Date(start).getTime()) / 1000);
  return (
    <Show when={attempts().length > 1}>
      <Fold title="Attempts" note={plural(attempts().length, 'attempt')}>
        <ol class={styles.list}>
          <For each={attempts()}>
            {(attempt) => (
              <li class={styles.row}>
                <span class="numbers">{attempt.number}</span>
                <div>
                  <p>
                    {WORDS[attempt.outcome]}{' '}
                    <span class="muted small">
                      on {attempt.host}, begun <Time at={attempt.startedAt} />
                      <Show when={attempt.endedAt}>
                        {(endedAt) => <>, took {took(attempt.startedAt, endedAt())}</>}
                      </Show>
                    </span>
                  </p>
                  <Show when={attempt.error}>
                    {(error) => (
                      <p class="muted small">
                        {error().message} {error().advice}
                      </p>
                    )}
                  </Show>
                </div>
              </li>
            )}
          </For>
        </ol>
      </Fold>
    </Show>
  );
}
