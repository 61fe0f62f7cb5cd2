import { createEffect, createSignal, on } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';
import styles from './RenameLoraDialog.module.css';
import { SuggestedWords } from './SuggestedWords.tsx';

export const SetLoraTriggerWord = graphql(`
  mutation SetLoraTriggerWord($input: SetLoraTriggerWordInput!) {
    setLoraTriggerWord(input: $input) {
      __typename
      ... on SetLoraTriggerWordSuccess { lora { id triggerWord } }
      ... on UserError { message }
      ... on InvalidInput { issues { message } }
    }
  }
`);

/** Sets the word, or with an empty field clears it. */
export function TriggerWordDialog(props: {
  open: boolean;
  lora: {
    id: string;
    name: string;
    triggerWord?: string | null;
    suggestedTriggerWords: readonly string[];
  };
  onClose: () => void;
}) {
  const action = createAction(SetLoraTriggerWord);
  const [word, setWord] = createSignal('');
  const [error, setError] = createSignal<string>();
  createEffect(
    on(
      () => props.open,
      () => {
        setWord(props.lora.triggerWord ?? '');
        setError(undefined);
      },
    ),
  );
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const input = { loraId: props.lora.id, triggerWord: word().trim() || null };
    const result = (await action.run({ input }))?.setLoraTriggerWord;
    if (result === undefined) return;
    if ('lora' in result) return props.onClose();
    setError('issues' in result ? result.issues.map((issue) => issue.message).join(' ') : result.message);
  };
  return (
    <Dialog open={props.open} onClose={props.onClose} title={`Trigger word of ${props.lora.name}`}>
      <form class={styles.form} onSubmit={save}>
        <TextField
          label="Trigger word"
          mono
          note="optional"
          value={word()}
          maxLength={100}
          autocomplete="off"
          spellcheck={false}
          help="The word in a prompt that calls what the LoRA knows. Left empty, there is none."
          error={error()}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
        <SuggestedWords
          label="Its file says"
          words={props.lora.suggestedTriggerWords}
          chosen={word()}
          onChoose={setWord}
        />
        <div class={styles.actions}>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit" pending={action.pending()}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
