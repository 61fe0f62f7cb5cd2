import { createEffect, createSignal, on } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextArea, TextField } from '../ui/Field.tsx';
import styles from './CharacterDialog.module.css';
import { suggestTriggerWord } from './trigger-word.ts';

const CreateCharacter = graphql(`
  mutation CreateCharacter($input: CreateCharacterInput!, $idempotencyKey: String) {
    createCharacter(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateCharacterSuccess { character { id } }
      ... on UserError { message }
      ... on InvalidInput { issues { field message } }
    }
  }
`);

const UpdateCharacter = graphql(`
  mutation UpdateCharacter($input: UpdateCharacterInput!) {
    updateCharacter(input: $input) {
      __typename
      ... on UpdateCharacterSuccess { character { id name triggerWord description updatedAt } }
      ... on UserError { message }
      ... on InvalidInput { issues { field message } }
    }
  }
`);

type Fields = { name: string; triggerWord: string; description: string };
type Failure = { __typename: string; message?: string; issues?: { field: string; message: string }[] };

/** Makes a character, or changes the one that is given. */
export function CharacterDialog(props: {
  open: boolean;
  character?: { id: string; name: string; triggerWord: string; description?: string | null };
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const create = createAction(CreateCharacter);
  const update = createAction(UpdateCharacter);
  const [name, setName] = createSignal('');
  const [word, setWord] = createSignal<string | null>(null);
  const [description, setDescription] = createSignal('');
  const [errors, setErrors] = createSignal<Partial<Fields>>({});
  const triggerWord = () => word() ?? suggestTriggerWord(name());

  createEffect(
    on(
      () => props.open,
      () => {
        setName(props.character?.name ?? '');
        setWord(props.character?.triggerWord ?? null);
        setDescription(props.character?.description ?? '');
        setErrors({});
      },
    ),
  );

  const explain = (failure: Failure) => {
    if (failure.__typename === 'TriggerWordTaken') setErrors({ triggerWord: failure.message ?? '' });
    else if (failure.issues !== undefined) {
      setErrors(
        Object.fromEntries(failure.issues.map((issue) => [issue.field.split('.').at(-1), issue.message])),
      );
    } else setErrors({ name: failure.message ?? '' });
  };

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = {
      name: name().trim(),
      triggerWord: triggerWord().trim(),
      description: description().trim() === '' ? null : description().trim(),
    };
    const result =
      props.character === undefined
        ? (await create.run({ input: fields }))?.createCharacter
        : (await update.run({ input: { id: props.character.id, ...fields } }))?.updateCharacter;
    if (result === undefined) return;
    if (!('character' in result)) return explain(result);
    props.onClose();
    props.onSaved(result.character.id);
  };

  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.character === undefined ? 'New character' : `Edit ${props.character.name}`}
    >
      <form class={styles.form} onSubmit={save} novalidate>
        <TextField
          label="Name"
          value={name()}
          maxLength={100}
          autocomplete="off"
          error={errors().name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <TextField
          label="Trigger word"
          mono
          value={triggerWord()}
          maxLength={50}
          autocomplete="off"
          spellcheck={false}
          help="Calls the character in a prompt. Best a word that means nothing else; letters, digits, space, _ and -."
          error={errors().triggerWord}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
        <TextArea
          label="Description"
          note="optional"
          value={description()}
          maxLength={500}
          rows={3}
          error={errors().description}
          onInput={(event) => setDescription(event.currentTarget.value)}
        />
        <div class={styles.actions}>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button
            kind="primary"
            type="submit"
            pending={create.pending() || update.pending()}
            disabled={name().trim() === '' || triggerWord().trim().length < 2}
          >
            {props.character === undefined ? 'Create character' : 'Save changes'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
