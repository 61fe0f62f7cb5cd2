import { createEffect, createSignal, For, on, Show } from 'solid-js';
import { can } from '../access/access.ts';
import { SCOPES } from '../access/words.ts';
import type { Scope } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { errorsOf } from '../graphql/issues.ts';
import { Button } from '../ui/Button.tsx';
import { CheckField } from '../ui/CheckField.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, TextField } from '../ui/Field.tsx';
import forms from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { ShownOnce } from '../ui/ShownOnce.tsx';
import styles from './CreateApiKeyDialog.module.css';

const CreateApiKey = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      __typename
      ... on CreateApiKeySuccess { apiKey { id } secret }
      ... on InvalidInput { issues { field message } }
      ... on UserError { message }
    }
  }
`);

const EXPIRIES = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
];

/** First what the key is for and what it may do; then the key, once. */
export function CreateApiKeyDialog(props: { open: boolean; onClose: () => void }) {
  const [secret, setSecret] = createSignal<string | null>(null);
  createEffect(
    on(
      () => props.open,
      () => setSecret(null),
    ),
  );
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      isHeld={secret() !== null}
      title={secret() === null ? 'New API key' : 'Your new API key'}
    >
      <Show when={secret()} fallback={<KeyForm onCreated={setSecret} onCancel={props.onClose} />}>
        {(key) => (
          <>
            <ShownOnce
              label="API key"
              value={key()}
              warning="It is shown now and never again. Keep it where secrets are kept: whoever has it may do what it may."
            />
            <div class={forms.actions}>
              <Button onClick={() => props.onClose()}>Done</Button>
            </div>
          </>
        )}
      </Show>
    </Dialog>
  );
}

function KeyForm(props: { onCreated: (secret: string) => void; onCancel: () => void }) {
  const action = createAction(CreateApiKey);
  const [name, setName] = createSignal('');
  const [scopes, setScopes] = createSignal<readonly Scope[]>(['READ']);
  const [days, setDays] = createSignal('90');
  const [errors, setErrors] = createSignal<Record<string, string>>({});
  const own = () => SCOPES.filter(({ value }) => can(value));
  const choose = (scope: Scope, isChosen: boolean) =>
    setScopes(isChosen ? [...scopes(), scope] : scopes().filter((other) => other !== scope));

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setErrors({});
    const input = {
      name: name().trim(),
      scopes: [...scopes()],
      expiresInDays: days() === '' ? null : Number(days()),
    };
    const result = (await action.run({ input }))?.createApiKey;
    if (result === undefined) return;
    if (result.__typename === 'CreateApiKeySuccess') props.onCreated(result.secret);
    else setErrors(errorsOf(result.issues));
  };

  return (
    <form class={forms.form} onSubmit={save} novalidate>
      <TextField
        label="Name"
        value={name()}
        maxLength={100}
        autocomplete="off"
        placeholder="Nightly renders"
        help="What it is for, so that you know it when you want to revoke it."
        error={errors().name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <fieldset>
        <legend class={styles.legend}>It may</legend>
        <For each={own()}>
          {(scope) => (
            <CheckField
              label={scope.label}
              help={scope.may}
              checked={scopes().includes(scope.value)}
              fixed={scope.value === 'READ' ? `${scope.may} Every key may.` : undefined}
              onChange={(isChosen) => choose(scope.value, isChosen)}
            />
          )}
        </For>
      </fieldset>
      <SelectField
        label="Expires"
        value={days()}
        options={EXPIRIES}
        onChange={setDays}
        error={errors().expiresInDays}
      />
      <FormProblem message={errors().scopes} />
      <div class={forms.actions}>
        <Button onClick={() => props.onCancel()}>Cancel</Button>
        <Button kind="primary" type="submit" pending={action.pending()} disabled={name().trim() === ''}>
          Create the key
        </Button>
      </div>
    </form>
  );
}
