import { createEffect, createSignal, on, Show } from 'solid-js';
import { ROLES } from '../access/words.ts';
import type { Role } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { ChoiceCards } from '../ui/ChoiceCards.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import forms from '../ui/Form.module.css';
import { toast } from '../ui/toast.ts';
import { LinkOnce, type NewLink } from './LinkOnce.tsx';

const InviteUser = graphql(`
  mutation InviteUser($input: InviteUserInput!) {
    inviteUser(input: $input) {
      __typename
      ... on InviteUserSuccess { invitation { url expiresAt } }
      ... on UserError { message }
    }
  }
`);

/** First what the new person may do; then the link, once. */
export function InviteDialog(props: { open: boolean; onClose: () => void }) {
  const action = createAction(InviteUser);
  const [role, setRole] = createSignal<Role>('VIEWER');
  const [link, setLink] = createSignal<NewLink | null>(null);
  createEffect(
    on(
      () => props.open,
      () => setLink(null),
    ),
  );
  const invite = async (event: SubmitEvent) => {
    event.preventDefault();
    const result = (await action.run({ input: { role: role() } }))?.inviteUser;
    if (result === undefined) return;
    if ('invitation' in result) setLink(result.invitation);
    else toast({ kind: 'bad', title: 'No link was made', message: result.message });
  };
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      isHeld={link() !== null}
      title={link() === null ? 'Invite somebody' : 'The invitation is ready'}
    >
      <Show
        when={link()}
        fallback={
          <form class={forms.form} onSubmit={invite}>
            <ChoiceCards
              label="They join as"
              value={role()}
              options={ROLES.map(({ value, label, may }) => ({ value, label, help: may }))}
              onChange={setRole}
            />
            <div class={forms.actions}>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <Button kind="primary" type="submit" pending={action.pending()}>
                Make the link
              </Button>
            </div>
          </form>
        }
      >
        {(made) => <LinkOnce label="Invitation link" link={made()} onDone={props.onClose} />}
      </Show>
    </Dialog>
  );
}
