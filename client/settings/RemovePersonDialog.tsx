import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { plural } from '../ui/format.ts';
import { toast } from '../ui/toast.ts';

const RemoveUser = graphql(`
  mutation RemoveUser($input: RemoveUserInput!) {
    removeUser(input: $input) {
      __typename
      ... on RemoveUserSuccess { id }
      ... on UserError { message }
    }
  }
`);

export function RemovePersonDialog(props: {
  open: boolean;
  person: { id: string; name: string };
  sessions: number;
  apiKeys: number;
  onClose: () => void;
}) {
  const action = createAction(RemoveUser);
  const goes = () =>
    new Intl.ListFormat('en').format([
      'the account',
      ...(props.sessions > 0 ? [plural(props.sessions, 'session')] : []),
      ...(props.apiKeys > 0 ? [plural(props.apiKeys, 'API key')] : []),
    ]);
  const remove = async () => {
    // Read before the answer: with it, the person is gone from these props.
    const { id, name } = props.person;
    const result = (await action.run({ input: { userId: id } }))?.removeUser;
    if (result === undefined) return;
    props.onClose();
    if ('message' in result) toast({ kind: 'bad', title: `${name} stays`, message: result.message });
    else toast({ kind: 'good', title: `${name} is removed` });
  };
  return (
    <ConfirmDialog
      open={props.open}
      onClose={props.onClose}
      title={`Remove ${props.person.name}?`}
      description={`This ends ${goes()} at once. Characters, LoRAs and images that ${props.person.name} made stay. This cannot be undone.`}
      keep="Keep the account"
      confirm="Remove the account"
      pending={action.pending()}
      onConfirm={remove}
    />
  );
}
