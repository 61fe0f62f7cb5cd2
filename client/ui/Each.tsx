import { type Accessor, createMemo, For, type JSX } from 'solid-js';

/**
 * `<For>` by id. A list that the server sent again is made of new objects; by id the rows that stayed keep their
 * elements, their focus and their loaded pictures.
 */
export function Each<T extends { id: string }>(props: {
  each: readonly T[];
  children: (item: Accessor<T>, index: Accessor<number>) => JSX.Element;
}) {
  const byId = createMemo(() => new Map(props.each.map((item) => [item.id, item])));
  const ids = createMemo(() => [...byId().keys()]);
  const row = (id: string, index: Accessor<number>) => {
    const item = createMemo((last: T | undefined) => byId().get(id) ?? last);
    return props.children(item as Accessor<T>, index);
  };
  return <For each={ids()}>{row}</For>;
}
