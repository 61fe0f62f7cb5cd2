import { createEffect, createSignal, on } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { formatBytes } from '../ui/format.ts';
import { toast } from '../ui/toast.ts';

const DeleteLora = graphql(`
  mutation DeleteLora($input: DeleteLoraInput!) {
    deleteLora(input: $input) {
      __typename
      ... on DeleteLoraSuccess { lora { id bytes } }
      ... on UserError { message }
      ... on LoraInUse { jobs { id title } }
    }
  }
`);

/** First asks; when jobs still use the LoRA it names them, and asks once more. */
export function DeleteLoraDialog(props: {
  open: boolean;
  lora: { id: string; name: string; bytes: number };
  onClose: () => void;
}) {
  const action = createAction(DeleteLora);
  const [users, setUsers] = createSignal<readonly string[]>([]);
  createEffect(
    on(
      () => props.open,
      () => setUsers([]),
    ),
  );
  const isForced = () => users().length > 0;
  const remove = async () => {
    // Read before the answer: with it, the LoRA is gone from the cache, and from these props.
    const { id, name } = props.lora;
    const result = (await action.run({ input: { loraId: id, force: isForced() } }))?.deleteLora;
    if (result === undefined) return;
    if (result.__typename === 'LoraInUse') return setUsers(result.jobs.map((job) => job.title));
    props.onClose();
    if (result.__typename === 'DeleteLoraSuccess') {
      toast({
        kind: 'good',
        title: `${name} is gone`,
        message: `${formatBytes(result.lora.bytes)} are free again.`,
      });
    } else toast({ kind: 'bad', title: 'The LoRA was not deleted', message: result.message });
  };
  return (
    <ConfirmDialog
      open={props.open}
      onClose={props.onClose}
      title={isForced() ? `${props.lora.name} is in use` : `Delete ${props.lora.name}?`}
      description={
        isForced()
          ? `${new Intl.ListFormat('en').format(users())} still use it and will fail without it.`
          : `The file (${formatBytes(props.lora.bytes)}) goes. Images made with it stay. This cannot be undone.`
      }
      keep="Keep the LoRA"
      confirm={isForced() ? 'Delete it all the same' : 'Delete LoRA'}
      pending={action.pending()}
      onConfirm={remove}
    />
  );
}
