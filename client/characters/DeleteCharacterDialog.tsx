import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { toast } from '../ui/toast.ts';
import { type Contents, nameContents } from './contents.ts';

const DeleteCharacter = graphql(`
  mutation DeleteCharacter($input: DeleteCharacterInput!) {
    deleteCharacter(input: $input) {
      __typename
      ... on DeleteCharacterSuccess {
        id
        receipt { images loras trainings generations samples outputs bytes }
      }
      ... on UserError { message }
    }
  }
`);

export function DeleteCharacterDialog(props: {
  open: boolean;
  character: { id: string; name: string };
  contents: Contents;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const action = createAction(DeleteCharacter);
  const remove = async () => {
    // Read before the answer: with it, the character is gone from the cache, and from these props.
    const { id, name } = props.character;
    const data = await action.run({ input: { id } });
    if (data === undefined) return;
    const result = data.deleteCharacter;
    props.onClose();
    if ('receipt' in result)
      toast({
        kind: 'good',
        title: `${name} is gone`,
        message: nameContents(result.receipt),
      });
    else toast({ kind: 'bad', title: 'Nothing was deleted', message: result.message });
    props.onDeleted();
  };
  return (
    <ConfirmDialog
      open={props.open}
      onClose={props.onClose}
      title={`Delete ${props.character.name}?`}
      description={`This removes ${nameContents(props.contents)}. Its jobs are cancelled. This cannot be undone.`}
      keep={`Keep ${props.character.name}`}
      confirm={`Delete ${props.character.name}`}
      pending={action.pending()}
      onConfirm={remove}
    />
  );
}
