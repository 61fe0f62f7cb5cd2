import type { AnyVariables, TypedDocumentNode } from '@urql/core';

/** Whether the server does it once, however often it is sent. */
export const takesKey = (document: TypedDocumentNode<unknown, never>) =>
  document.definitions.some(
    (definition) =>
      definition.kind === 'OperationDefinition' &&
      definition.variableDefinitions?.some(({ variable }) => variable.name.value === 'idempotencyKey'),
  );

/**
 * The variables of a mutation with an `idempotencyKey`, when it takes one: the server does what has one key once. Each wish
 * has a key of its own. It stays until an answer came: who presses again because none did, means the same thing still.
 */
export function createKeys<Variables extends AnyVariables>(document: TypedDocumentNode<unknown, Variables>) {
  let open: { wish: string; key: string } | undefined;
  return {
    withKey(variables: Variables): Variables {
      if (!takesKey(document)) return variables;
      const wish = JSON.stringify(variables);
      if (open?.wish !== wish) open = { wish, key: crypto.randomUUID() };
      return { ...variables, idempotencyKey: open.key };
    },
    answered() {
      open = undefined;
    },
  };
}
