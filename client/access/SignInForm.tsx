import { createSignal, onMount } from 'solid-js';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';
import forms from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { focusInvalid } from '../ui/focus-invalid.ts';
import { PasswordField } from '../ui/PasswordField.tsx';
import type { Viewer } from './access.ts';
import { SignIn } from './queries.ts';
import { createRefusal } from './refusal.ts';

type Fields = { name?: string; password?: string };

/** `name` is filled in already, when one knows who it probably is. */
export function SignInForm(props: { name?: string | undefined; onSignedIn: (viewer: Viewer) => void }) {
  const action = createAction(SignIn);
  const refusal = createRefusal();
  const [errors, setErrors] = createSignal<Fields>({});
  let name: HTMLInputElement | undefined;
  let password: HTMLInputElement | undefined;
  onMount(() => (props.name === undefined ? name : password)?.focus());

  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    // From the form: what a password manager fills in is not always told as typed.
    const form = event.currentTarget;
    const given = new FormData(form);
    const input = { name: String(given.get('username')).trim(), password: String(given.get('password')) };
    setErrors({
      ...(input.name === '' && { name: 'Enter your name.' }),
      ...(input.password === '' && { password: 'Enter your password.' }),
    });
    refusal.tell(undefined);
    if (input.name === '' || input.password === '') return focusInvalid(form);
    const result = (await action.run({ input }))?.signIn;
    if (result === undefined) return;
    if (result.__typename === 'SignInSuccess') return props.onSignedIn(result.viewer);
    refusal.tell(result);
    password?.select();
  };

  return (
    <form class={`${forms.form} ${forms.wide}`} method="post" onSubmit={submit} novalidate>
      <TextField
        ref={name}
        label="Name"
        name="username"
        value={props.name ?? ''}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        error={errors().name}
      />
      <PasswordField
        ref={password}
        label="Password"
        name="password"
        autocomplete="current-password"
        error={errors().password}
      />
      <FormProblem message={refusal.message()} />
      <Button kind="primary" type="submit" pending={action.pending()} disabled={refusal.wait() !== undefined}>
        {refusal.wait() ?? 'Sign in'}
      </Button>
    </form>
  );
}
