import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { createQuery } from '@urql/solid';
import {
  type Accessor,
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  mapArray,
  on,
} from 'solid-js';
import { reconnects } from './connection.ts';
import { describe, type Problem } from './errors.ts';

export type PageQuery<Data> = {
  data: Accessor<Data | undefined>;
  problem: Accessor<Problem | null>;
  /** Asks the server again, whatever the cache holds. */
  refresh: () => void;
};

/** A page's query: from the cache at once, then from the server, and again whenever a lost connection came back. */
export function createPageQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables?: Accessor<Variables>,
  pause?: Accessor<boolean>,
): PageQuery<Data> {
  const [result, run] = createQuery<Data, Variables>({
    query,
    variables: variables as Accessor<Variables>,
    requestPolicy: 'cache-and-network',
    pause: pause ?? (() => false),
  });
  const refresh = () => {
    if (pause?.() !== true) run({ requestPolicy: 'network-only' });
  };
  createEffect(on(reconnects, refresh, { defer: true }));
  return {
    data: () => result.data,
    problem: () => (result.error === undefined ? null : describe(result.error, result.operation)),
    refresh,
  };
}

type Connection<Node> = {
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
};

type Pages<Data, Node> = {
  nodes: Accessor<Node[]>;
  first: PageQuery<Data>;
  hasMore: Accessor<boolean>;
  more: () => void;
};

/**
 * A list that grows page by page. Each page is a live query of its own whose cursor comes from the page before it: when
 * something new pushes the first page along, the later ones follow, and nothing is lost or shown twice between them.
 */
export function createPages<Data, Variables extends AnyVariables, Node>(options: {
  query: TypedDocumentNode<Data, Variables>;
  variables: (after: string | null) => Variables;
  connection: (data: Data) => Connection<Node>;
}): Pages<Data, Node> {
  const [count, setCount] = createSignal(1);
  const made: PageQuery<Data>[] = [];
  const connectionOf = (page: PageQuery<Data> | undefined) => {
    const data = page?.data();
    return data === undefined ? undefined : options.connection(data);
  };
  const after = (index: number) => connectionOf(made[index - 1])?.pageInfo.endCursor ?? null;
  const indexes = createMemo(() => Array.from({ length: count() }, (_, index) => index));
  const pages = createMemo(
    mapArray(indexes, (index) => {
      const page = createPageQuery(
        options.query,
        () => options.variables(index === 0 ? null : after(index)),
        () => index > 0 && after(index) === null,
      );
      made[index] = page;
      return page;
    }),
  );
  const first = () => made[0] as PageQuery<Data>;
  pages();

  // Other filters are another list.
  const start = createMemo(() => JSON.stringify(options.variables(null)));
  createComputed(on(start, () => setCount(1), { defer: true }));

  return {
    nodes: createMemo(() =>
      pages().flatMap((page) => connectionOf(page)?.edges.map((edge) => edge.node) ?? []),
    ),
    first: first(),
    hasMore: () => connectionOf(pages().at(-1))?.pageInfo.hasNextPage ?? false,
    more: () => setCount(pages().length + 1),
  };
}
