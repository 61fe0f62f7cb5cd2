import { type AnyVariables, type TypedDocumentNode, useClient } from '@urql/solid';
import { type Accessor, createSignal } from 'solid-js';
import { toast } from '../ui/toast.ts';
import { describe } from './errors.ts';
import { createKeys } from './idempotency-key.ts';

type Action<Data, Variables> = {
  pending: Accessor<boolean>;
  /** The mutation's data with its typed errors in it; undefined when it failed unforeseen, which a toast has told. */
  run: (variables: Variables) => Promise<Data | undefined>;
};

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
        const result = await client.mutation(document, keys.withKey(variables)).toPromise();
        if (result.error === undefined) {
          keys.answered();
          return result.data;
        }
        const problem = describe(result.error, result.operation);
        const title = problem.isForbidden ? 'You may not do this' : 'That did not work';
        toast({ kind: 'bad', title, ...problem });
        return undefined;
      } finally {
        setPending(false);
      }
    },
  };
}
