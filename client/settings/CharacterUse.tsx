import { A } from '@solidjs/router';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { formatBytes } from '../ui/format.ts';
import styles from './Storage.module.css';

const Use = graphql(`
  fragment CharacterUse_storage on CharacterStorage {
    bytes
    character { id name }
  }
`);

export function CharacterUse(props: { use: FragmentType<typeof Use>; largest: number }) {
  const use = () => useFragment(Use, props.use);
  return (
    <li class={styles.character}>
      <A href={`/characters/${use().character.id}`} class={styles.name}>
        {use().character.name}
      </A>
      <span class={styles.share} aria-hidden="true">
        <span class={styles.bar} style={{ scale: `${use().bytes / props.largest} 1` }} />
      </span>
      <span class="numbers">{formatBytes(use().bytes)}</span>
    </li>
  );
}
