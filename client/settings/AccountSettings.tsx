import LogOut from 'lucide-solid/icons/log-out';
import { Show } from 'solid-js';
import { isLeaving, user } from '../access/access.ts';
import { signOut } from '../access/door.ts';
import { roleOf } from '../access/words.ts';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { ChangePassword } from './ChangePassword.tsx';
import { Sessions } from './Sessions.tsx';
import styles from './Settings.module.css';

const AccountQuery = graphql(`
  query AccountSettings {
    access {
      viewer {
        sessions { id ...SessionRow_session }
      }
    }
  }
`);

export function AccountSettings() {
  const query = createPageQuery(AccountQuery, () => ({}));
  return (
    <div class={styles.column}>
      <Show when={user()}>
        {(me) => (
          <Card title="You">
            <div class={styles.row} data-flush="true">
              <div class={styles.what}>
                <p class={styles.name}>
                  <strong>{me().name}</strong>
                  <span class={styles.tag}>{roleOf(me().role).label}</span>
                </p>
                <p class={styles.facts}>{roleOf(me().role).may}</p>
              </div>
              <Button icon={LogOut} pending={isLeaving()} onClick={signOut}>
                Sign out
              </Button>
            </div>
          </Card>
        )}
      </Show>
      <ChangePassword />
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {(data) => <Sessions sessions={data().access.viewer?.sessions ?? []} />}
      </Loaded>
    </div>
  );
}
