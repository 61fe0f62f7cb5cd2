import { createSignal, onMount } from 'solid-js';
import { createAction } from '../graphql/action.ts';
import { errorsOf } from '../graphql/issues.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/Field.tsx';
import forms from '../ui/Form.module.css';
import { focusInvalid } from '../ui/focus-invalid.ts';
import { PasswordField } from '../ui/PasswordField.tsx';
import { goTo } from './access.ts';
import { AcceptInvitation } from './queries.ts';

/** Uses a link up. `userName` is of the user who gets a new password by it; without one it makes a user. */
export function AcceptForm(props: {
  secret: string;
  userName?: string | undefined;
  submit: string;
  onInvalid: () => void;
}) {
  const action = createAction(AcceptInvitation);
  const [errors, setErrors] = createSignal<Record<string, string>>({});
  let name: HTMLInputElement | undefined;
  let password: HTMLInputElement | undefined;
  onMount(() => (props.userName === undefined ? name : password)?.focus());

  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    setErrors({});
    const show = (wrong: Record<string, string>) => {
      setErrors(wrong);
      focusInvalid(form);
    };
    const input = {
      secret: props.secret,
      name: props.userName === undefined ? String(given.get('username')) : null,
      password: String(given.get('password')),
    };
    if (input.name?.trim() === '') return show({ name: 'Enter a name.' });
    const result = (await action.run({ input }))?.acceptInvitation;
    if (result === undefined) return;
    switch (result.__typename) {
      case 'AcceptInvitationSuccess':
        return goTo('/');
      case 'InvalidInvitation':
        return props.onInvalid();
      case 'InvalidInput':
        return show(errorsOf(result.issues));
      case 'NameTaken':
        return show({ name: result.message });
    }
  };

  return (
    <form class={`${forms.form} ${forms.wide}`} method="post" onSubmit={submit} novalidate>
      <TextField
        ref={name}
        label="Name"
        name="username"
        value={props.userName ?? ''}
        readonly={props.userName !== undefined}
        maxLength={100}
        autocomplete="username"
        autocapitalize="none"
        spellcheck={false}
        {...(props.userName === undefined && { help: 'You sign in with it, and others see it.' })}
        error={errors().name}
      />
      <PasswordField
        ref={password}
        label={props.userName === undefined ? 'Password' : 'New password'}
        name="password"
        maxLength={200}
        autocomplete="new-password"
        help="At least 10 characters. A few words in a row are easy to remember and hard to guess."
        error={errors().password}
      />
      <Button kind="primary" type="submit" pending={action.pending()}>
        {props.submit}
      </Button>
    </form>
  );
}
