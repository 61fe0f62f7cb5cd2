import { A } from '@solidjs/router';
import UserRound from 'lucide-solid/icons/user-round';
import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { TriggerChip } from '../ui/Chip.tsx';
import { formatEta, plural } from '../ui/format.ts';
import { Picture } from '../ui/ImageTile.tsx';
import { Ring } from '../ui/Progress.tsx';
import styles from './CharacterCard.module.css';

const Character = graphql(`
  fragment CharacterCard_character on Character {
    id
    name
    triggerWord
    imageCount
    cover { id thumbHash thumbnailUrl(size: LARGE) }
    newestLora { id name }
    lastTraining { id state step steps eta { seconds lowSeconds highSeconds } }
  }
`);

export function CharacterCard(props: { character: FragmentType<typeof Character> }) {
  const character = () => useFragment(Character, props.character);
  const training = () => {
    const last = character().lastTraining;
    return last?.state === 'RUNNING' ? last : undefined;
  };
  return (
    <A href={`/characters/${character().id}`} class={styles.card}>
      <span class={styles.cover}>
        <Show
          when={character().cover}
          fallback={
            <span class={styles.none}>
              <UserRound size={20} aria-hidden="true" />
            </span>
          }
        >
          {(cover) => <Picture src={cover().thumbnailUrl} thumbHash={cover().thumbHash} alt="" />}
        </Show>
        <Show when={training()}>
          {(running) => (
            <span class={`${styles.live} numbers`}>
              <Ring size={16} fraction={running().steps > 0 ? running().step / running().steps : 0} />
              Training<Show when={running().eta}>{(eta) => <>, {formatEta(eta())}</>}</Show>
            </span>
          )}
        </Show>
      </span>
      <span class={styles.head}>
        <strong class={styles.name}>{character().name}</strong>
        <TriggerChip word={character().triggerWord} />
      </span>
      <span class={styles.facts}>
        {plural(character().imageCount, 'photo')}
        <Show when={character().newestLora}>{(lora) => <> · {lora().name}</>}</Show>
      </span>
    </A>
  );
}
