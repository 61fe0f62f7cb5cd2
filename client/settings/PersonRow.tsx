import { createSignal, Show } from 'solid-js';
import { user as viewer } from '../access/access.ts';
import { roleOf } from '../access/words.ts';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { Button } from '../ui/Button.tsx';
import { Time } from '../ui/Time.tsx';
import { NewPasswordDialog } from './NewPasswordDialog.tsx';
import { RemovePersonDialog } from './RemovePersonDialog.tsx';
import { RoleSelect } from './RoleSelect.tsx';
import styles from './Settings.module.css';

const User = graphql(`
  fragment PersonRow_user on User {
    id
    name
    role
    createdAt
    sessions { id lastUsedAt }
    apiKeys { id }
  }
`);

export function PersonRow(props: { user: FragmentType<typeof User> }) {
  const person = () => useFragment(User, props.user);
  const isMe = () => person().id === viewer()?.id;
  const [dialog, setDialog] = createSignal<'password' | 'remove' | null>(null);
  return (
    <li class={styles.row} data-stack="true">
      <div class={styles.what}>
        <p class={styles.name}>
          <strong>{person().name}</strong>
          <Show when={isMe()}>
            <span class={styles.tag} data-tone="accent">
              You
            </span>
          </Show>
        </p>
        <p class={styles.facts}>
          {roleOf(person().role).may}{' '}
          <Show when={person().sessions[0]} fallback="Signed in nowhere.">
            {(session) => (
              <>
                Last here <Time at={session().lastUsedAt} />.
              </>
            )}
          </Show>
        </p>
      </div>
      <div class={styles.actions}>
        <RoleSelect person={person()} isMe={isMe()} />
        <Show when={!isMe()}>
          <Button size="small" onClick={() => setDialog('password')}>
            New password<span class="srOnly"> for {person().name}</span>
          </Button>
          <Button size="small" onClick={() => setDialog('remove')}>
            Remove<span class="srOnly"> {person().name}</span>
          </Button>
        </Show>
      </div>
      <NewPasswordDialog open={dialog() === 'password'} person={person()} onClose={() => setDialog(null)} />
      <RemovePersonDialog
        open={dialog() === 'remove'}
        person={person()}
        sessions={person().sessions.length}
        apiKeys={person().apiKeys.length}
        onClose={() => setDialog(null)}
      />
    </li>
  );
}
