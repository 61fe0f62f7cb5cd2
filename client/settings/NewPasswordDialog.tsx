import { createEffect, createSignal, on, Show } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import forms from '../ui/Form.module.css';
import { toast } from '../ui/toast.ts';
import { LinkOnce, type NewLink } from './LinkOnce.tsx';

const InviteToNewPassword = graphql(`
  mutation InviteToNewPassword($input: InviteToNewPasswordInput!) {
    inviteToNewPassword(input: $input) {
      __typename
      ... on InviteToNewPasswordSuccess { invitation { url expiresAt } }
      ... on UserError { message }
    }
  }
`);

/** For a person who has forgotten the password. */
export function NewPasswordDialog(props: {
  open: boolean;
  person: { id: string; name: string };
  onClose: () => void;
}) {
  const action = createAction(InviteToNewPassword);
  const [link, setLink] = createSignal<NewLink | null>(null);
  createEffect(
    on(
      () => props.open,
      () => setLink(null),
    ),
  );
  const make = async () => {
    const result = (await action.run({ input: { userId: props.person.id } }))?.inviteToNewPassword;
    if (result === undefined) return;
    if ('invitation' in result) setLink(result.invitation);
    else toast({ kind: 'bad', title: 'No link was made', message: result.message });
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      isHeld={link() !== null}
      title={`A new password for ${props.person.name}`}
    >
      <Show
        when={link()}
        fallback={
          <>
            <p class="muted">
              You get a link for {props.person.name}, who chooses a new password with it. Until then the old
              one works. Then all sessions and API keys of {props.person.name} end.
            </p>
            <div class={forms.actions}>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <Button kind="primary" pending={action.pending()} onClick={make}>
                Make the link
              </Button>
            </div>
          </>
        }
      >
        {(made) => <LinkOnce label="Link for a new password" link={made()} onDone={props.onClose} />}
      </Show>
    </Dialog>
  );
}
