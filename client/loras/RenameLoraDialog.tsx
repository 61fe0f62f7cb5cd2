import { createEffect, createSignal, on } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';
import styles from './RenameLoraDialog.module.css';

const RenameLora = graphql(`
  mutation RenameLora($input: RenameLoraInput!) {
    renameLora(input: $input) {
      __typename
      ... on RenameLoraSuccess { lora { id name } }
      ... on UserError { message }
      ... on InvalidInput { issues { message } }
    }
  }
`);

export function RenameLoraDialog(props: {
  open: boolean;
  lora: { id: string; name: string };
  onClose: () => void;
}) {
  const action = createAction(RenameLora);
  const [name, setName] = createSignal('');
  const [error, setError] = createSignal<string>();
  createEffect(
    on(
      () => props.open,
      () => {
        setName(props.lora.name);
        setError(undefined);
      },
    ),
  );
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const result = (await action.run({ input: { loraId: props.lora.id, name: name().trim() } }))?.renameLora;
    if (result === undefined) return;
    if ('lora' in result) return props.onClose();
    setError('issues' in result ? result.issues.map((issue) => issue.message).join(' ') : result.message);
  };
  return (
    <Dialog open={props.open} onClose={props.onClose} title={`Rename ${props.lora.name}`}>
      <form class={styles.form} onSubmit={save}>
        <TextField
          label="Name"
          value={name()}
          maxLength={100}
          autocomplete="off"
          error={error()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class={styles.actions}>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit" pending={action.pending()} disabled={name().trim() === ''}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
