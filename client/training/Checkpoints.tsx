import Download from 'lucide-solid/icons/download';
import Star from 'lucide-solid/icons/star';
import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { LinkButton } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { formatBytes, formatCount } from '../ui/format.ts';
import { Time } from '../ui/Time.tsx';
import styles from './Checkpoints.module.css';
import { identityInWords } from './likeness.ts';
import { PinButton } from './PinButton.tsx';
import { UseCheckpointButton } from './UseCheckpointButton.tsx';
import { UseLoraLink } from './UseLoraLink.tsx';

const Training = graphql(`
  fragment Checkpoints_training on Training {
    id
    state
    identityProblem
    checkpoints {
      id step bytes isPinned isBest createdAt url
      identity { score step withFace samples }
      lora { id }
    }
    lora { id name bytes url identity { score step withFace samples } }
  }
`);

export function Checkpoints(props: { training: FragmentType<typeof Training> }) {
  const training = () => useFragment(Training, props.training);
  const isOver = () => training().state !== 'QUEUED' && training().state !== 'RUNNING';
  const note = () =>
    training().checkpoints.some((checkpoint) => checkpoint.identity != null)
      ? '100\u00a0% is as alike as the faces in the photos are to each other.'
      : training().identityProblem;
  return (
    <Card title="Checkpoints">
      <ul class={styles.list}>
        <Show when={training().lora}>
          {(lora) => (
            <li class={styles.row}>
              <span class={styles.lora}>{lora().name}</span>
              <span class="muted small numbers">{formatBytes(lora().bytes)}</span>
              <span class={styles.actions}>
                <UseLoraLink id={lora().id} label={`Use ${lora().name}`} />
                <LinkButton
                  kind="quiet"
                  size="small"
                  icon={Download}
                  href={lora().url}
                  download
                  label={`Download ${lora().name}`}
                />
              </span>
              <Show when={lora().identity}>
                {(identity) => (
                  <span class={`${styles.identity} muted small numbers`}>
                    {identityInWords(identity(), identity().step)}
                  </span>
                )}
              </Show>
            </li>
          )}
        </Show>
        <For
          each={training().checkpoints}
          fallback={
            <li class="muted small">{isOver() ? 'None was kept.' : 'The first one comes on the way.'}</li>
          }
        >
          {(checkpoint) => (
            <li class={styles.row}>
              <span class="numbers">step {formatCount(checkpoint.step)}</span>
              <span class="muted small numbers">
                {formatBytes(checkpoint.bytes)} · <Time at={checkpoint.createdAt} />
              </span>
              <span class={styles.actions}>
                <PinButton checkpoint={checkpoint} />
                <UseCheckpointButton checkpoint={checkpoint} />
                <LinkButton
                  kind="quiet"
                  size="small"
                  icon={Download}
                  href={checkpoint.url}
                  download
                  label={`Download the checkpoint of step ${checkpoint.step}`}
                />
              </span>
              <Show when={checkpoint.identity}>
                {(identity) => (
                  <span class={`${styles.identity} muted small numbers`}>
                    <Show when={checkpoint.isBest}>
                      <span class={styles.best}>
                        <Star size={12} aria-hidden="true" /> {isOver() ? 'best' : 'best so far'}
                      </span>
                      {' · '}
                    </Show>
                    {identityInWords(identity(), checkpoint.step)}
                  </span>
                )}
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={note()}>{(text) => <p class={`${styles.note} muted small`}>{text()}</p>}</Show>
    </Card>
  );
}
