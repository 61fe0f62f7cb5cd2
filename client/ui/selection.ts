import { type Accessor, createSignal } from 'solid-js';

export type Selection = {
  ids: Accessor<ReadonlySet<string>>;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  /** Everything from what was toggled last to here. */
  extendTo: (id: string) => void;
  replace: (ids: Iterable<string>) => void;
  /** What is no longer there is no longer selected. */
  drop: (ids: Iterable<string>) => void;
  clear: () => void;
};

/** What is chosen of a list; `order` is the list as it is seen. */
export function createSelection(order: Accessor<readonly string[]>): Selection {
  const [ids, setIds] = createSignal<ReadonlySet<string>>(new Set());
  let from: string | null = null;
  return {
    ids,
    has: (id) => ids().has(id),
    toggle(id) {
      const next = new Set(ids());
      if (!next.delete(id)) next.add(id);
      from = id;
      setIds(next);
    },
    extendTo(id) {
      const list = order();
      const [start, end] = [list.indexOf(from ?? id), list.indexOf(id)];
      if (end === -1) return;
      const first = start === -1 ? end : Math.min(start, end);
      const last = start === -1 ? end : Math.max(start, end);
      setIds(new Set([...ids(), ...list.slice(first, last + 1)]));
      from ??= id;
    },
    replace(all) {
      setIds(new Set(all));
    },
    drop(gone) {
      const next = new Set(ids());
      for (const id of gone) next.delete(id);
      if (next.size < ids().size) setIds(next);
    },
    clear() {
      from = null;
      if (ids().size > 0) setIds(new Set<string>());
    },
  };
}
