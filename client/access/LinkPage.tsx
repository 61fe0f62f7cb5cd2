import { Match, Show, Switch } from 'solid-js';
import { LinkButton } from '../ui/Button.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { AcceptForm } from './AcceptForm.tsx';
import { access, user } from './access.ts';
import { createInvitation } from './create-invitation.ts';
import { Door } from './Door.tsx';
import { createSecret } from './secret.ts';
import { roleOf } from './words.ts';

/**
 * `/set-up#…`, which the server prints to make its first owner, and `/join#…`, which an owner made for a new user or a new
 * password. What the link is good for decides what the page is, not the address at which it is opened.
 */
export function LinkPage() {
  const secret = createSecret();
  const { state, ask, fail } = createInvitation(secret);
  const valid = () => {
    const now = state();
    return now.kind === 'valid' ? now : undefined;
  };
  const problem = () => {
    const now = state();
    return now.kind === 'failed' ? now.problem : undefined;
  };
  return (
    <Switch>
      <Match when={problem()}>
        {(why) => (
          <Door title="The link could not be checked">
            <ErrorState message={why().message} correlationId={why().correlationId} onRetry={ask} />
          </Door>
        )}
      </Match>
      <Match when={valid()?.userName}>
        {(name) => (
          <Door
            title={`A new password for ${name()}`}
            lead="Once it is saved, all sessions and API keys of this account end."
          >
            <AcceptForm secret={secret()} userName={name()} submit="Save and sign in" onInvalid={fail} />
          </Door>
        )}
      </Match>
      <Match when={valid() !== undefined && access()?.isSetUp === false}>
        <Door
          title="Become the owner"
          lead="An owner does everything here, invites other people, and decides what they may do."
        >
          <AcceptForm secret={secret()} submit="Set up the studio" onInvalid={fail} />
        </Door>
      </Match>
      <Match when={valid()}>
        {(invitation) => (
          <Door
            title="Join this studio"
            lead={
              <>
                You are invited as <strong>{roleOf(invitation().role).label.toLowerCase()}</strong>.{' '}
                {roleOf(invitation().role).may}
              </>
            }
          >
            <Show when={user()}>
              {(current) => (
                <p class="muted small">
                  You are signed in as {current().name}. Joining signs you out and in as the new user.
                </p>
              )}
            </Show>
            <AcceptForm secret={secret()} submit="Join" onInvalid={fail} />
          </Door>
        )}
      </Match>
      <Match when={state().kind === 'invalid'}>
        <Invalid />
      </Match>
    </Switch>
  );
}

function Invalid() {
  const isSetUp = () => access()?.isSetUp === true;
  return (
    <Door
      title="This link is not good"
      lead={
        <>
          It was used, has expired, or is not whole.{' '}
          {isSetUp()
            ? 'Ask an owner of the studio for a new one.'
            : 'Restart the server: it prints a new one in its terminal.'}
        </>
      }
    >
      <Show when={isSetUp()}>
        <div>
          <LinkButton href="/">{user() === undefined ? 'To the sign-in page' : 'To the studio'}</LinkButton>
        </div>
      </Show>
    </Door>
  );
}
