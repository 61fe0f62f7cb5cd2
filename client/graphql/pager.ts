import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { type Accessor, createComputed, createEffect, createMemo, createSignal, on } from 'solid-js';
import { createPageQuery, type PageQuery } from './query.ts';

type Connection<Node> = {
  edges: readonly { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
};

export type Pager<Data, Node> = {
  query: PageQuery<Data>;
  /** Of the page. */
  nodes: Accessor<Node[]>;
} & Turning;

/** Where one is in a list of pages, and the ways to the others. */
export type Turning = {
  /** From 0. */
  index: Accessor<number>;
  hasNext: Accessor<boolean>;
  next: () => void;
  previous: () => void;
  toFirst: () => void;
};

/**
 * A list of any length, of which one page is there at a time: what the document holds, and what a change makes the server read again,
 * stays the same however long the list is.
 */
export function createPager<Data, Variables extends AnyVariables, Node>(options: {
  query: TypedDocumentNode<Data, Variables>;
  variables: (after: string | null) => Variables;
  connection: (data: Data) => Connection<Node>;
}): Pager<Data, Node> {
  /** The cursors at which the pages before it ended. */
  const [ends, setEnds] = createSignal<readonly string[]>([]);
  const query = createPageQuery(options.query, () => options.variables(ends().at(-1) ?? null));
  const connection = () => {
    const data = query.data();
    return data === undefined ? undefined : options.connection(data);
  };
  const nodes = createMemo(() => connection()?.edges.map(({ node }) => node) ?? []);
  const toFirst = () => void setEnds([]);
  const previous = () => void setEnds(ends().slice(0, -1));

  // Other filters are another list.
  createComputed(on(() => JSON.stringify(options.variables(null)), toFirst, { defer: true }));
  // All of this page went meanwhile.
  createEffect(() => {
    if (connection() !== undefined && nodes().length === 0 && ends().length > 0) previous();
  });

  return {
    query,
    nodes,
    index: () => ends().length,
    hasNext: () => connection()?.pageInfo.hasNextPage ?? false,
    next: () => {
      const end = connection()?.pageInfo.endCursor;
      if (end != null) setEnds([...ends(), end]);
    },
    previous,
    toFirst,
  };
}
