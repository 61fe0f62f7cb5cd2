import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { TriggerChip } from '../ui/Chip.tsx';
import { Picture } from '../ui/ImageTile.tsx';
import { Time } from '../ui/Time.tsx';
import styles from './CharacterHeader.module.css';

const Character = graphql(`
  fragment CharacterHeader_character on Character {
    id
    name
    triggerWord
    description
    createdAt
    cover { id thumbHash thumbnailUrl }
  }
`);

export function CharacterHeader(props: { character: FragmentType<typeof Character> }) {
  const character = () => useFragment(Character, props.character);
  return (
    <div class={styles.header}>
      <Show when={character().cover}>
        {(cover) => (
          <span class={styles.cover}>
            <Picture src={cover().thumbnailUrl} thumbHash={cover().thumbHash} alt="" eager />
          </span>
        )}
      </Show>
      <div class={styles.words}>
        <p class={styles.line}>
          <TriggerChip word={character().triggerWord} />
          <span class="muted small">
            made <Time at={character().createdAt} />
          </span>
        </p>
        <Show when={character().description}>
          <p class={styles.description}>{character().description}</p>
        </Show>
      </div>
    </div>
  );
}
