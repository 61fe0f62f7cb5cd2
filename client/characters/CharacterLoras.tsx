import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { LoraList } from '../loras/LoraList.tsx';
import { UploadLoraButton } from '../loras/UploadLoraButton.tsx';
import { LinkButton } from '../ui/Button.tsx';
import styles from './CharacterLoras.module.css';

export function CharacterLoras(props: { id: string; name: string }) {
  return (
    <>
      <div class={styles.tools}>
        <UploadLoraButton character={{ id: props.id, name: props.name }} />
      </div>
      <LoraList characterId={props.id} empty={`A finished training of ${props.name} leaves its LoRA here.`}>
        <Show when={can('WRITE_JOBS')}>
          <LinkButton href={`/characters/${props.id}/train`}>Train {props.name}</LinkButton>
        </Show>
      </LoraList>
    </>
  );
}
