import { createSignal, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { TextArea, TextField } from '../ui/Field.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { focusSoon } from '../ui/focus-soon.ts';
import { plural } from '../ui/format.ts';
import { linesOf } from './grid-draft.ts';
import styles from './Library.module.css';

const CreateWildcard = graphql(`
  mutation CreateWildcard($input: CreateWildcardInput!, $idempotencyKey: String) {
    createWildcard(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateWildcardSuccess { wildcard { id } }
      ... on UserError { message }
      ... on InvalidInput { issues { message } }
    }
  }
`);

const UpdateWildcard = graphql(`
  mutation UpdateWildcard($input: UpdateWildcardInput!) {
    updateWildcard(input: $input) {
      __typename
      ... on UpdateWildcardSuccess { wildcard { id name values } }
      ... on UserError { message }
      ... on InvalidInput { issues { message } }
    }
  }
`);

const DeleteWildcard = graphql(`
  mutation DeleteWildcard($input: DeleteWildcardInput!) {
    deleteWildcard(input: $input) {
      __typename
      ... on DeleteWildcardSuccess { id }
      ... on UserError { message }
    }
  }
`);

type Answer = { __typename: string; message?: string; issues?: readonly { message: string }[] };

/** One list, a value on each line: typed, or pasted from elsewhere. */
export function WildcardForm(props: {
  wildcard: { id: string; name: string; values: readonly string[] } | null;
  onDone: () => void;
}) {
  const [create, update, remove] = [
    createAction(CreateWildcard),
    createAction(UpdateWildcard),
    createAction(DeleteWildcard),
  ];
  const [name, setName] = createSignal(props.wildcard?.name ?? '');
  const [text, setText] = createSignal(props.wildcard?.values.join('\n') ?? '');
  const [problem, setProblem] = createSignal<string>();
  const [isDeleting, setDeleting] = createSignal(false);
  const values = () => linesOf(text());
  const pending = () => create.pending() || update.pending() || remove.pending();

  const finish = (result: Answer | undefined) => {
    if (result === undefined) return;
    if (result.message === undefined) return props.onDone();
    setProblem(result.issues?.map((issue) => issue.message).join(' ') ?? result.message);
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const input = { name: name().trim(), values: values() };
    const id = props.wildcard?.id;
    finish(
      id === undefined
        ? (await create.run({ input }))?.createWildcard
        : (await update.run({ input: { id, ...input } }))?.updateWildcard,
    );
  };

  return (
    <form class={styles.add} onSubmit={save}>
      <TextField
        label="Name"
        mono
        ref={focusSoon}
        autocomplete="off"
        spellcheck={false}
        maxLength={50}
        placeholder="hair_colour"
        help="Letters a to z, digits, - and single _; in prompts between two underscores on each side."
        value={name()}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <TextArea
        label="Lines"
        rows={10}
        spellcheck={false}
        note={plural(values().length, 'line')}
        placeholder={'auburn hair\nsilver hair\n{long|short} black hair'}
        help="1 to 1,000 lines of up to 500 characters. Paste a list as it is."
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <FormProblem message={problem()} />
      <Show when={isDeleting() ? props.wildcard : null}>
        {(wildcard) => (
          <div class={styles.actions}>
            <span class="small">Prompts that name it will not start.</span>
            <Button size="small" ref={focusSoon} onClick={() => setDeleting(false)}>
              Keep
            </Button>
            <Button
              size="small"
              kind="danger"
              pending={remove.pending()}
              onClick={async () =>
                finish((await remove.run({ input: { id: wildcard().id } }))?.deleteWildcard)
              }
            >
              Delete {wildcard().name}
            </Button>
          </div>
        )}
      </Show>
      <div class={styles.actions}>
        <Show when={props.wildcard !== null && !isDeleting()}>
          <Button kind="quiet" onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </Show>
        <Button onClick={() => props.onDone()}>Back</Button>
        <Button
          kind="primary"
          type="submit"
          pending={pending()}
          disabled={name().trim() === '' || values().length === 0}
        >
          Save
        </Button>
      </div>
    </form>
  );
}
