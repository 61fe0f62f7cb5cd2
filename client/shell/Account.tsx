import LogOut from 'lucide-solid/icons/log-out';
import { Show } from 'solid-js';
import { isLeaving, user } from '../access/access.ts';
import { signOut } from '../access/door.ts';
import { roleOf } from '../access/words.ts';
import { Button } from '../ui/Button.tsx';
import styles from './Account.module.css';

/** Who is signed in, and the way out; nothing where nobody signs in. */
export function Account() {
  return (
    <Show when={user()}>
      {(me) => (
        <div class={styles.account}>
          <span class={styles.initial} aria-hidden="true">
            {[...me().name][0]?.toUpperCase()}
          </span>
          <p class={styles.who}>
            <span class={styles.name} title={me().name}>
              <span class="srOnly">Signed in as </span>
              {me().name}
            </span>
            <span class={styles.role}>{roleOf(me().role).label}</span>
          </p>
          <Button
            kind="quiet"
            size="small"
            icon={LogOut}
            label={`Sign out ${me().name}`}
            pending={isLeaving()}
            onClick={signOut}
          />
        </div>
      )}
    </Show>
  );
}
