import Download from 'lucide-solid/icons/download';
import { For, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { LinkButton } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { formatBytes, formatCount } from '../ui/format.ts';
import { Time } from '../ui/Time.tsx';
import styles from './Checkpoints.module.css';
import { PinButton } from './PinButton.tsx';
import { UseCheckpointButton } from './UseCheckpointButton.tsx';
import { UseLoraLink } from './UseLoraLink.tsx';

const Training = graphql(`
  fragment Checkpoints_training on Training {
    id
    state
    checkpoints { id step bytes isPinned createdAt url lora { id } }
    lora { id name bytes url }
  }
`);

export function Checkpoints(props: { training: FragmentType<typeof Training> }) {
  const training = () => useFragment(Training, props.training);
  return (
    <Card title="Checkpoints">
      <ul class={styles.list}>
        <Show when={training().lora}>
          {(lora) => (
            <li class={styles.row}>
              <span class={styles.lora}>{lora().name}</span>
              <span class="muted small numbers">{formatBytes(lora().bytes)}</span>
              <span class={styles.actions}>
                <UseLoraLink id={lora().id} label={`Generate with ${lora().name}`} />
                <LinkButton
                  kind="quiet"
                  size="small"
                  icon={Download}
                  href={lora().url}
                  download
                  label={`Download ${lora().name}`}
                />
              </span>
            </li>
          )}
        </Show>
        <For
          each={training().checkpoints}
          fallback={
            <li class="muted small">
              {training().state === 'QUEUED' || training().state === 'RUNNING'
                ? 'The first one comes on the way.'
                : 'None was kept.'}
            </li>
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
            </li>
          )}
        </For>
      </ul>
    </Card>
  );
}
