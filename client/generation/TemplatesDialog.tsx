import { createSignal, For, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';
import { FormProblem } from '../ui/FormProblem.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import styles from './Library.module.css';
import { TemplateRow } from './TemplateRow.tsx';

const TemplatesQuery = graphql(`
  query PromptTemplates {
    promptTemplates(first: 100) { edges { node { id ...TemplateRow_template } } pageInfo { hasNextPage } }
  }
`);

const CreateTemplate = graphql(`
  mutation CreatePromptTemplate($input: CreatePromptTemplateInput!, $idempotencyKey: String) {
    createPromptTemplate(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreatePromptTemplateSuccess { promptTemplate { id } }
      ... on UserError { message }
      ... on InvalidInput { issues { message } }
    }
  }
`);

type Texts = { prompt: string; negativePrompt: string };

/** Prompts to begin with; the one in the composer can become one of them. */
export function TemplatesDialog(
  props: Texts & { open: boolean; onClose: () => void; onChoose: (template: Texts) => void },
) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Prompt templates">
      <SaveTemplate prompt={props.prompt} negativePrompt={props.negativePrompt} />
      <Templates onChoose={props.onChoose} />
    </Dialog>
  );
}

function SaveTemplate(props: Texts) {
  const action = createAction(CreateTemplate);
  const [name, setName] = createSignal('');
  const [problem, setProblem] = createSignal<string>();
  const isEmpty = () => props.prompt.trim() === '';
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    // The composer's form is around the dialog in the tree, though not on the page.
    event.stopPropagation();
    const input = { name: name().trim(), prompt: props.prompt, negativePrompt: props.negativePrompt };
    const result = (await action.run({ input }))?.createPromptTemplate;
    if (result === undefined) return;
    if ('promptTemplate' in result) setName('');
    setProblem(
      'issues' in result
        ? result.issues.map((issue) => issue.message).join(' ')
        : 'message' in result
          ? result.message
          : undefined,
    );
  };
  return (
    <form class={styles.add} onSubmit={save}>
      <TextField
        label="Save this prompt as"
        autocomplete="off"
        maxLength={100}
        placeholder="Portrait, soft light"
        help={isEmpty() ? 'Write a prompt first.' : 'With its negative prompt.'}
        value={name()}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <FormProblem message={problem()} />
      <Button type="submit" pending={action.pending()} disabled={isEmpty() || name().trim() === ''}>
        Save template
      </Button>
    </form>
  );
}

function Templates(props: { onChoose: (template: Texts) => void }) {
  const query = createPageQuery(TemplatesQuery, () => ({}));
  return (
    <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
      {(data) => (
        <Show
          when={data().promptTemplates.edges.length > 0}
          fallback={<p class="muted small">No template yet.</p>}
        >
          <ul class={styles.list}>
            <For each={data().promptTemplates.edges}>
              {(edge) => <TemplateRow template={edge.node} onChoose={props.onChoose} />}
            </For>
          </ul>
          <Show when={data().promptTemplates.pageInfo.hasNextPage}>
            <p class="muted small">The first 100 by name are shown.</p>
          </Show>
        </Show>
      )}
    </Loaded>
  );
}
