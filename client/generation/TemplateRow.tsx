import Pencil from 'lucide-solid/icons/pencil';
import Trash from 'lucide-solid/icons/trash';
import { createSignal, Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';
import { focusSoon } from '../ui/focus-soon.ts';
import { toast } from '../ui/toast.ts';
import styles from './Library.module.css';

const Template = graphql(`
  fragment TemplateRow_template on PromptTemplate { id name prompt negativePrompt }
`);

const UpdateTemplate = graphql(`
  mutation UpdatePromptTemplate($input: UpdatePromptTemplateInput!) {
    updatePromptTemplate(input: $input) {
      __typename
      ... on UpdatePromptTemplateSuccess { promptTemplate { id name } }
      ... on UserError { message }
      ... on InvalidInput { issues { message } }
    }
  }
`);

const DeleteTemplate = graphql(`
  mutation DeletePromptTemplate($input: DeletePromptTemplateInput!) {
    deletePromptTemplate(input: $input) {
      __typename
      ... on DeletePromptTemplateSuccess { id }
      ... on UserError { message }
    }
  }
`);

export function TemplateRow(props: {
  template: FragmentType<typeof Template>;
  onChoose: (template: { prompt: string; negativePrompt: string }) => void;
}) {
  const template = () => useFragment(Template, props.template);
  const [mode, setMode] = createSignal<'shown' | 'renamed' | 'deleted'>('shown');
  let item: HTMLLIElement | undefined;
  // What had the focus is gone; its button takes it back.
  const show = () => {
    const place = mode() === 'renamed' ? 0 : 1;
    setMode('shown');
    queueMicrotask(() => item?.querySelectorAll('button')[place]?.focus());
  };
  return (
    <li ref={item} class={styles.item}>
      <Show when={mode() !== 'renamed'} fallback={<Rename of={template()} onDone={show} />}>
        <div class={styles.head}>
          <span class={styles.name}>{template().name}</span>
          <Button
            kind="quiet"
            size="small"
            icon={Pencil}
            label={`Rename ${template().name}`}
            onClick={() => setMode('renamed')}
          />
          <Button
            kind="quiet"
            size="small"
            icon={Trash}
            label={`Delete ${template().name}`}
            onClick={() => setMode('deleted')}
          />
          <Button
            size="small"
            onClick={() =>
              props.onChoose({ prompt: template().prompt, negativePrompt: template().negativePrompt })
            }
          >
            Use<span class="srOnly"> {template().name}</span>
          </Button>
        </div>
        <p class={styles.text}>{template().prompt}</p>
        <Show when={mode() === 'deleted'}>
          <Delete of={template()} onKeep={show} />
        </Show>
      </Show>
    </li>
  );
}

function Rename(props: { of: { id: string; name: string }; onDone: () => void }) {
  const action = createAction(UpdateTemplate);
  const [name, setName] = createSignal(props.of.name);
  const [problem, setProblem] = createSignal<string>();
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const input = { id: props.of.id, name: name().trim() };
    const result = (await action.run({ input }))?.updatePromptTemplate;
    if (result === undefined) return;
    if ('promptTemplate' in result) return props.onDone();
    setProblem('issues' in result ? result.issues.map((issue) => issue.message).join(' ') : result.message);
  };
  return (
    <form class={styles.add} onSubmit={save}>
      <TextField
        label={`New name of ${props.of.name}`}
        autocomplete="off"
        maxLength={100}
        error={problem()}
        value={name()}
        ref={focusSoon}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <div class={styles.actions}>
        <Button size="small" onClick={() => props.onDone()}>
          Cancel
        </Button>
        <Button size="small" type="submit" pending={action.pending()} disabled={name().trim() === ''}>
          Rename
        </Button>
      </div>
    </form>
  );
}

/** Asked in its place: a second dialog over this one would hide what it is about. */
function Delete(props: { of: { id: string; name: string }; onKeep: () => void }) {
  const action = createAction(DeleteTemplate);
  let row: HTMLDivElement | undefined;
  const remove = async () => {
    const dialog = row?.closest('[role=dialog]');
    const result = (await action.run({ input: { id: props.of.id } }))?.deletePromptTemplate;
    dialog?.querySelector('input')?.focus();
    if (result !== undefined && 'message' in result)
      toast({ kind: 'bad', title: 'It was not deleted', message: result.message });
  };
  return (
    <div ref={row} class={styles.actions}>
      <span class="small">Delete this template?</span>
      <Button size="small" ref={focusSoon} onClick={() => props.onKeep()}>
        Keep
      </Button>
      <Button size="small" kind="danger" pending={action.pending()} onClick={remove}>
        Delete
      </Button>
    </div>
  );
}
