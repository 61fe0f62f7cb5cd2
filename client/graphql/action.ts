import type { AnyVariables, CombinedError, Operation, TypedDocumentNode } from '@urql/core';
import { useClient } from '@urql/solid';
import { type Accessor, createSignal } from 'solid-js';
import { isOut } from '../access/access.ts';
import { toast } from '../ui/toast.ts';
import { connection, lastSeen, untilOnline } from './connection.ts';
import { describe } from './errors.ts';
import { createKeys, takesKey } from './idempotency-key.ts';

type Action<Data, Variables> = {
  pending: Accessor<boolean>;
  /** The mutation's data with its typed errors in it; undefined when it failed unforeseen, which a toast has told. */
  run: (variables: Variables) => Promise<Data | undefined>;
};

/** A short outage is waited for; after a longer one nobody expects that a click of then still does something. */
const PATIENCE_MS = 10_000;

/**
 * While the connection is lost, what has an idempotency key waits for it, and so is done once. What has none is refused before
 * anything is sent: sent into the dark, nobody would know whether it was done.
 */
export function createAction<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): Action<Data, Variables> {
  const client = useClient();
  const keys = createKeys(document);
  const [pending, setPending] = createSignal(false);
  return {
    pending,
    run: async (variables) => {
      setPending(true);
      try {
        if (!(await isReachable(takesKey(document)))) return void toast(NOT_SENT);
        const result = await client.mutation(document, keys.withKey(variables)).toPromise();
        if (result.error === undefined) {
          keys.answered();
          return result.data;
        }
        tell(result.error, result.operation, takesKey(document));
        return undefined;
      } finally {
        setPending(false);
      }
    },
  };
}

const NOT_SENT = {
  kind: 'bad',
  title: 'There is no connection',
  message: 'Nothing was sent. Try again when the server is back; what you see stays as it is until then.',
} as const;

async function isReachable(canWait: boolean): Promise<boolean> {
  // Whose session has ended has no connection, and signs in by an action. Where no socket ever came, the server may well be there.
  if (connection() !== 'lost' || lastSeen() === null || isOut()) return true;
  if (!canWait) return false;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE_MS);
  await Promise.race([untilOnline(), enough]);
  clearTimeout(timer);
  return connection() !== 'lost';
}

function tell(error: CombinedError, operation: Operation, hasKey: boolean) {
  const problem = describe(error, operation);
  const title = problem.isForbidden ? 'You may not do this' : 'That did not work';
  const isUnknown = error.networkError !== undefined && !hasKey;
  const message = isUnknown
    ? `${problem.message} Look first whether it was done all the same.`
    : problem.message;
  toast({ kind: 'bad', title, ...problem, message });
}
