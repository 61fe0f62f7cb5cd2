import { Show } from 'solid-js';
import { type FragmentType, graphql, useFragment } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { Each } from '../ui/Each.tsx';
import { Time } from '../ui/Time.tsx';
import { toast } from '../ui/toast.ts';
import { browserName } from './browser-name.ts';
import styles from './Settings.module.css';

const Session = graphql(`
  fragment SessionRow_session on Session {
    id
    userAgent
    address
    isCurrent
    createdAt
    lastUsedAt
  }
`);

const RevokeSession = graphql(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
      __typename
      ... on RevokeSessionSuccess { id }
      ... on UserError { message }
    }
  }
`);

/** Where one is signed in, this browser first. */
export function Sessions(props: { sessions: readonly ({ id: string } & FragmentType<typeof Session>)[] }) {
  const isCurrent = (session: FragmentType<typeof Session>) => useFragment(Session, session).isCurrent;
  const sorted = () => [...props.sessions].sort((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)));
  return (
    <Card title="Where you are signed in">
      <ul class={styles.plain}>
        <Each each={sorted()}>{(session) => <SessionRow session={session()} />}</Each>
      </ul>
    </Card>
  );
}

function SessionRow(props: { session: FragmentType<typeof Session> }) {
  const session = () => useFragment(Session, props.session);
  const action = createAction(RevokeSession);
  const name = () => browserName(session().userAgent);
  const revoke = async () => {
    const result = (await action.run({ input: { sessionId: session().id } }))?.revokeSession;
    if (result !== undefined && 'message' in result)
      toast({ kind: 'bad', title: 'The session was not ended', message: result.message });
  };
  return (
    <li class={styles.row}>
      <div class={styles.what}>
        <p class={styles.name}>
          <span title={session().userAgent ?? undefined}>{name()}</span>
          <Show when={session().isCurrent}>
            <span class={styles.tag} data-tone="accent">
              This browser
            </span>
          </Show>
        </p>
        <p class={styles.facts}>
          <Show when={session().address}>{(address) => <>{address()} · </>}</Show>
          last used <Time at={session().lastUsedAt} /> · signed in <Time at={session().createdAt} />
        </p>
      </div>
      <Show when={!session().isCurrent}>
        <Button size="small" pending={action.pending()} onClick={revoke}>
          End<span class="srOnly"> the session of {name()}</span>
        </Button>
      </Show>
    </li>
  );
}
