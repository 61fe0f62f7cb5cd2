import CircleAlert from 'lucide-solid/icons/circle-alert';
import CircleCheck from 'lucide-solid/icons/circle-check';
import { For, Match, Show, Switch } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { CorrelationId } from '../ui/CorrelationId.tsx';
import { formatLoss } from '../ui/format.ts';
import { FixButton } from './FixButton.tsx';
import { likenessInWords } from './likeness.ts';
import type { LiveLine } from './live.ts';
import styles from './TrainingEnd.module.css';

const Training = graphql(`
  fragment TrainingEnd_training on Training {
    id
    state
    correlationId
    error { code message advice }
    lora { id name finalLoss identity { score } }
    ...FixButton_training
  }
`);

const TAIL = 6;

/** How it ended: in one sentence what happened, why, and what to do. Nothing while it goes on. */
export function TrainingEnd(props: { training: FragmentType<typeof Training>; lines: readonly LiveLine[] }) {
  const training = () => useFragment(Training, props.training);
  return (
    <Switch>
      <Match when={training().state === 'FAILED' ? training().error : undefined}>
        {(error) => (
          <section class={styles.end} data-tone="bad" role="alert">
            <CircleAlert size={20} aria-hidden="true" />
            <div class={styles.words}>
              <h2>{error().message}</h2>
              <Show when={error().advice}>
                <p>{error().advice}</p>
              </Show>
              <div class={styles.fix}>
                <FixButton training={training()} />
              </div>
              <Show when={props.lines.length > 0}>
                <pre class={styles.tail}>
                  <For each={props.lines.slice(-TAIL)}>{(line) => <>{`${line.message}\n`}</>}</For>
                </pre>
              </Show>
              <CorrelationId id={training().correlationId} />
            </div>
          </section>
        )}
      </Match>
      <Match when={training().lora}>
        {(lora) => (
          <section class={styles.end} data-tone="good">
            <CircleCheck size={20} aria-hidden="true" />
            <div class={styles.words}>
              <h2>{lora().name} is ready</h2>
              <Show when={lora().finalLoss != null}>
                <p class="muted small numbers">
                  It ended with a loss of {formatLoss(lora().finalLoss ?? 0)}.
                  <Show when={lora().identity}>
                    {(identity) => <> Its last samples are {likenessInWords(identity().score)}.</>}
                  </Show>
                </p>
              </Show>
            </div>
          </section>
        )}
      </Match>
    </Switch>
  );
}
