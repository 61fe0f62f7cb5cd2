import UserPlus from 'lucide-solid/icons/user-plus';
import { createSignal } from 'solid-js';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { Button } from '../ui/Button.tsx';
import { Each } from '../ui/Each.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { PersonRow } from './PersonRow.tsx';
import styles from './Settings.module.css';

const PeopleQuery = graphql(`
  query People {
    users { id ...PersonRow_user }
  }
`);

/** Who may use the studio. For owners. */
export function People() {
  const query = createPageQuery(PeopleQuery, () => ({}));
  const [inviting, setInviting] = createSignal(false);
  return (
    <div class={styles.wide}>
      <div class={styles.bar}>
        <p>
          People join by a link that you give them. What they may do can be changed at any time and holds at
          once.
        </p>
        <Button kind="primary" icon={UserPlus} onClick={() => setInviting(true)}>
          Invite somebody
        </Button>
      </div>
      <Loaded query={query} skeleton={<PageSkeleton kind="lines" />}>
        {(data) => (
          <ul class={styles.list}>
            <Each each={data().users}>{(user) => <PersonRow user={user()} />}</Each>
          </ul>
        )}
      </Loaded>
      <InviteDialog open={inviting()} onClose={() => setInviting(false)} />
    </div>
  );
}
