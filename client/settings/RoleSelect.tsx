import { createSignal } from 'solid-js';
import { checkAccess } from '../access/door.ts';
import { ROLES, roleOf } from '../access/words.ts';
import type { Role } from '../gql/graphql.ts';
import { graphql } from '../gql/index.ts';
import { createAction } from '../graphql/action.ts';
import { announce } from '../ui/announce.ts';
import { ConfirmDialog } from '../ui/Dialog.tsx';
import { SelectField } from '../ui/Field.tsx';
import { toast } from '../ui/toast.ts';
import styles from './RoleSelect.module.css';

const ChangeRole = graphql(`
  mutation ChangeRole($input: ChangeRoleInput!) {
    changeRole(input: $input) {
      __typename
      ... on ChangeRoleSuccess { user { id role } }
      ... on UserError { message }
    }
  }
`);

/** What a person may do. To give up one's own role, one is asked first: only another owner could give it back. */
export function RoleSelect(props: { person: { id: string; name: string; role: Role }; isMe: boolean }) {
  const action = createAction(ChangeRole);
  // What was chosen, until it is so.
  const [wanted, setWanted] = createSignal<Role | null>(null);
  const [asking, setAsking] = createSignal(false);

  const change = async (role: Role) => {
    const { id, name } = props.person;
    const result = (await action.run({ input: { userId: id, role } }))?.changeRole;
    setWanted(null);
    setAsking(false);
    if (result === undefined) return;
    if ('message' in result)
      return toast({ kind: 'bad', title: 'The role stays as it is', message: result.message });
    announce(`${name} is ${roleOf(role).label.toLowerCase()} now`);
    if (props.isMe) await checkAccess();
  };
  const choose = (value: string) => {
    const { value: role } = ROLES.find((candidate) => candidate.value === value) ?? ROLES[0];
    setWanted(role);
    if (props.isMe) setAsking(true);
    else void change(role);
  };
  const keep = () => {
    setAsking(false);
    setWanted(null);
  };

  return (
    <>
      <div class={styles.select}>
        <SelectField
          label={`Role of ${props.person.name}`}
          hideLabel
          value={wanted() ?? props.person.role}
          options={ROLES}
          disabled={action.pending()}
          onChange={choose}
        />
      </div>
      <ConfirmDialog
        open={asking()}
        onClose={keep}
        title="Give up being an owner?"
        description={`You would be ${wanted() === 'EDITOR' ? 'an editor' : 'a viewer'}, and these settings would be closed to you. Only another owner can make you one again.`}
        keep="Stay an owner"
        confirm="Give it up"
        pending={action.pending()}
        onConfirm={() => void change(wanted() ?? props.person.role)}
      />
    </>
  );
}
