import Flame from 'lucide-solid/icons/flame';
import Pencil from 'lucide-solid/icons/pencil';
import Sparkles from 'lucide-solid/icons/sparkles';
import Trash from 'lucide-solid/icons/trash';
import { Show } from 'solid-js';
import { can } from '../access/access.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Button, LinkButton } from '../ui/Button.tsx';

const Character = graphql(`
  fragment CharacterActions_character on Character {
    id
    name
    imageCount
    newestLora { id }
    lastTraining { id state }
  }
`);

/** The one useful next step is the bright button: photos, then train, then generate. */
export function CharacterActions(props: {
  character: FragmentType<typeof Character>;
  onEdit: () => void;
  onDelete: () => void;
}) {
  const character = () => useFragment(Character, props.character);
  const train = () => `/characters/${character().id}/train`;
  return (
    <>
      <Show when={can('WRITE_CHARACTERS')}>
        <Button
          kind="quiet"
          icon={Pencil}
          label={`Edit ${character().name}`}
          onClick={() => props.onEdit()}
        />
        <Button
          kind="quiet"
          icon={Trash}
          label={`Delete ${character().name}`}
          onClick={() => props.onDelete()}
        />
      </Show>
      <Show when={can('WRITE_JOBS') && character().imageCount > 0}>
        <LinkButton href={train()} icon={Flame} kind={character().newestLora == null ? 'primary' : 'plain'}>
          Train {character().name}
        </LinkButton>
      </Show>
      <Show when={can('WRITE_JOBS') ? character().newestLora : null}>
        {(lora) => (
          <LinkButton href={`/generate?lora=${lora().id}`} icon={Sparkles} kind="primary">
            Generate
          </LinkButton>
        )}
      </Show>
    </>
  );
}
