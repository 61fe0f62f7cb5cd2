import { A } from '@solidjs/router';
import Download from 'lucide-solid/icons/download';
import Pencil from 'lucide-solid/icons/pencil';
import Sparkles from 'lucide-solid/icons/sparkles';
import Trash from 'lucide-solid/icons/trash';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { TriggerChip } from '../ui/Chip.tsx';
import { formatBytes, formatLoss } from '../ui/format.ts';
import { Time } from '../ui/Time.tsx';
import { DeleteLoraDialog } from './DeleteLoraDialog.tsx';
import styles from './LoraRow.module.css';
import { RenameLoraDialog } from './RenameLoraDialog.tsx';

const Lora = graphql(`
  fragment LoraRow_lora on Lora {
    id
    name
    version
    baseModel
    rank
    triggerWord
    bytes
    finalLoss
    createdAt
    url
    character { id name }
    training { id number }
  }
`);

export function LoraRow(props: { lora: FragmentType<typeof Lora> }) {
  const lora = () => useFragment(Lora, props.lora);
  const [dialog, setDialog] = createSignal<'rename' | 'delete' | null>(null);
  return (
    <li class={styles.row}>
      <div class={styles.what}>
        <p class={styles.name}>
          <strong>{lora().name}</strong>
          <Show when={lora().triggerWord}>{(word) => <TriggerChip word={word()} />}</Show>
        </p>
        <p class={styles.facts}>
          <Show when={lora().character}>
            {(character) => <A href={`/characters/${character().id}`}>{character().name}</A>}
          </Show>
          <Show when={lora().training}>
            {(training) => (
              <>
                {' · '}
                <A href={`/trainings/${training().id}`}>training {training().number}</A>
              </>
            )}
          </Show>
          {' · '}
          {lora().baseModel}
          <Show when={lora().rank}>{(rank) => <> · rank {rank()}</>}</Show>
        </p>
      </div>
      <span class={`${styles.facts} numbers`}>
        {formatBytes(lora().bytes)}
        <Show when={lora().finalLoss != null}> · loss {formatLoss(lora().finalLoss ?? 0)}</Show>
        {' · '}
        <Time at={lora().createdAt} />
      </span>
      <div class={styles.actions}>
        <Show when={can('WRITE_JOBS')}>
          <LinkButton size="small" icon={Sparkles} href={`/generate?lora=${lora().id}`}>
            Use
          </LinkButton>
        </Show>
        <LinkButton
          kind="quiet"
          size="small"
          icon={Download}
          href={lora().url}
          download
          label={`Download ${lora().name}`}
        />
        <Show when={can('WRITE_LORAS')}>
          <Button
            kind="quiet"
            size="small"
            icon={Pencil}
            label={`Rename ${lora().name}`}
            onClick={() => setDialog('rename')}
          />
          <Button
            kind="quiet"
            size="small"
            icon={Trash}
            label={`Delete ${lora().name}`}
            onClick={() => setDialog('delete')}
          />
        </Show>
      </div>
      <RenameLoraDialog open={dialog() === 'rename'} lora={lora()} onClose={() => setDialog(null)} />
      <DeleteLoraDialog open={dialog() === 'delete'} lora={lora()} onClose={() => setDialog(null)} />
    </li>
  );
}
