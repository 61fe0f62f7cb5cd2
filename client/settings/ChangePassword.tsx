import { createSignal } from 'solid-js';
import { user } from '../access/access.ts';
import { createRefusal } from '../access/refusal.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { errorsOf } from '../graphql/issues.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import forms from '../ui/Form.module.css';
import { FormProblem } from '../ui/FormProblem.tsx';
import { focusInvalid } from '../ui/focus-invalid.ts';
import { PasswordField } from '../ui/PasswordField.tsx';
import { toast } from '../ui/toast.ts';
import styles from './ChangePassword.module.css';

const ChangePasswordMutation = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on ChangePasswordSuccess { viewer { user { id } } }
      ... on TooManyAttempts { retryAfterSeconds }
      ... on InvalidInput { issues { field message } }
      ... on UserError { message }
    }
  }
`);

export function ChangePassword() {
  const action = createAction(ChangePasswordMutation);
  const refusal = createRefusal();
  const [errors, setErrors] = createSignal<Record<string, string>>({});

  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    setErrors({});
    refusal.tell(undefined);
    const show = (wrong: Record<string, string>) => {
      setErrors(wrong);
      focusInvalid(form);
    };
    const input = {
      currentPassword: String(given.get('currentPassword')),
      newPassword: String(given.get('newPassword')),
    };
    const result = (await action.run({ input }))?.changePassword;
    if (result === undefined) return;
    switch (result.__typename) {
      case 'ChangePasswordSuccess':
        form.reset();
        toast({ kind: 'good', title: 'The password is changed', message: 'All other sessions have ended.' });
        return;
      case 'InvalidInput':
        return show(errorsOf(result.issues));
      case 'WrongCredentials':
        return show({ currentPassword: result.message });
      case 'TooManyAttempts':
        return refusal.tell(result);
    }
  };

  return (
    <Card title="Password">
      <form class={forms.form} method="post" onSubmit={submit} novalidate>
        {/* A password manager has to know whose password changes. */}
        <input
          type="text"
          name="username"
          autocomplete="username"
          value={user()?.name ?? ''}
          readonly
          hidden
        />
        <div class={styles.pair}>
          <PasswordField
            label="Current password"
            name="currentPassword"
            autocomplete="current-password"
            error={errors().currentPassword}
          />
          <PasswordField
            label="New password"
            name="newPassword"
            maxLength={200}
            autocomplete="new-password"
            help="At least 10 characters."
            error={errors().newPassword}
          />
        </div>
        <FormProblem message={refusal.message()} />
        <div class={styles.foot}>
          <p class="muted small">All your other sessions end with it. API keys stay.</p>
          <Button type="submit" pending={action.pending()} disabled={refusal.wait() !== undefined}>
            {refusal.wait() ?? 'Change the password'}
          </Button>
        </div>
      </form>
    </Card>
  );
}
