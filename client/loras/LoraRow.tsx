import { A } from '@solidjs/router';
import Download from 'lucide-solid/icons/download';
import Pencil from 'lucide-solid/icons/pencil';
import Sparkles from 'lucide-solid/icons/sparkles';
import Tag from 'lucide-solid/icons/tag';
import Trash from 'lucide-solid/icons/trash';
import { createSignal, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { Button, LinkButton } from '../ui/Button.tsx';
import { TriggerChip } from '../ui/Chip.tsx';
import { formatBytes, formatCount, formatLoss } from '../ui/format.ts';
import { Time } from '../ui/Time.tsx';
import { toast } from '../ui/toast.ts';
import { DeleteLoraDialog } from './DeleteLoraDialog.tsx';
import styles from './LoraRow.module.css';
import { RenameLoraDialog } from './RenameLoraDialog.tsx';
import { SuggestedWords } from './SuggestedWords.tsx';
import { SetLoraTriggerWord, TriggerWordDialog } from './TriggerWordDialog.tsx';

const Lora = graphql(`
  fragment LoraRow_lora on Lora {
    id
    name
    version
    origin
    family
    baseModel
    rank
    triggerWord
    suggestedTriggerWords
    bytes
    finalLoss
    identity { score }
    createdAt
    url
    character { id name }
    step
    training { id number config { steps } }
  }
`);

/** More are in the dialog. */
const MOST_SUGGESTED = 4;

/** The family only where the model's own name does not say it. */
const modelOf = ({ baseModel, family }: { baseModel: string; family: string }) =>
  baseModel.startsWith(family) ? baseModel : `${baseModel} (${family})`;

export function LoraRow(props: { lora: FragmentType<typeof Lora> }) {
  const lora = () => useFragment(Lora, props.lora);
  const word = createAction(SetLoraTriggerWord);
  const [dialog, setDialog] = createSignal<'rename' | 'word' | 'delete' | null>(null);
  const choose = async (triggerWord: string) => {
    const result = (await word.run({ input: { loraId: lora().id, triggerWord } }))?.setLoraTriggerWord;
    if (result === undefined) return;
    if ('message' in result)
      toast({ kind: 'bad', title: 'The trigger word was not set', message: result.message });
    else announce(`The trigger word of ${lora().name} is ${triggerWord}.`);
  };
  return (
    <li class={styles.row}>
      <div class={styles.what}>
        <p class={styles.name}>
          <strong>{lora().name}</strong>
          <Show when={lora().triggerWord}>{(word) => <TriggerChip word={word()} />}</Show>
        </p>
        <p class={styles.facts}>
          <Show when={lora().character} fallback="No character">
            {(character) => <A href={`/characters/${character().id}`}>{character().name}</A>}
          </Show>
          <Show when={lora().training}>
            {(training) => (
              <>
                {' · '}
                <A href={`/trainings/${training().id}`}>training {training().number}</A>
                <Show when={lora().step !== training().config.steps && lora().step}>
                  {(step) => <>, step {formatCount(step())}</>}
                </Show>
              </>
            )}
          </Show>
          <Show when={lora().origin === 'UPLOADED'}> · uploaded</Show>
          {' · '}
          {modelOf(lora())}
          <Show when={lora().rank}>{(rank) => <> · rank {rank()}</>}</Show>
        </p>
        <Show when={lora().triggerWord == null && can('WRITE_LORAS')}>
          <SuggestedWords
            label="Trigger word, as its file says:"
            words={lora().suggestedTriggerWords.slice(0, MOST_SUGGESTED)}
            onChoose={choose}
          />
        </Show>
      </div>
      <span class={`${styles.facts} numbers`}>
        {formatBytes(lora().bytes)}
        <Show when={lora().finalLoss != null}> · loss {formatLoss(lora().finalLoss ?? 0)}</Show>
        <Show when={lora().identity}>
          {(identity) => <> · {Math.round(identity().score * 100)}&nbsp;% alike</>}
        </Show>
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
            icon={Tag}
            label={`Trigger word of ${lora().name}`}
            onClick={() => setDialog('word')}
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
      <TriggerWordDialog open={dialog() === 'word'} lora={lora()} onClose={() => setDialog(null)} />
      <DeleteLoraDialog open={dialog() === 'delete'} lora={lora()} onClose={() => setDialog(null)} />
    </li>
  );
}
