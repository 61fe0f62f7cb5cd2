import { type Accessor, createEffect, createSignal, on } from 'solid-js';
import type { InvitationQuery as Data } from '../gql/graphql.ts';
import { describe, type Problem } from '../graphql/errors.ts';
import { door } from './door.ts';
import { InvitationQuery } from './queries.ts';

type State =
  | { kind: 'asking' }
  | { kind: 'invalid' }
  | { kind: 'failed'; problem: Problem }
  | ({ kind: 'valid' } & NonNullable<Data['access']['invitation']>);

/** What the link with this secret is good for. */
export function createInvitation(secret: Accessor<string>) {
  const [state, setState] = createSignal<State>({ kind: 'asking' });
  const ask = async () => {
    const asked = secret();
    if (asked === '') return setState({ kind: 'invalid' });
    setState({ kind: 'asking' });
    const answer = await door.query(InvitationQuery, { secret: asked }).toPromise();
    if (asked !== secret()) return;
    if (answer.error !== undefined)
      return setState({ kind: 'failed', problem: describe(answer.error, answer.operation) });
    const invitation = answer.data?.access.invitation;
    setState(invitation == null ? { kind: 'invalid' } : { kind: 'valid', ...invitation });
  };
  createEffect(on(secret, () => void ask()));
  return { state, ask: () => void ask(), fail: () => setState({ kind: 'invalid' }) };
}
