import { createEffect } from 'solid-js';
import { createStore, type SetStoreFunction } from 'solid-js/store';
import { user } from '../access/access.ts';
import { type Draft, EMPTY } from './draft.ts';

/** Each person has a draft of their own in a browser that several use. */
function keyOf(person: { id: string } | undefined): string {
  return person === undefined ? 'isengard.draft.1' : `isengard.draft.1.${person.id}`;
}

function stored(key: string): Draft {
  try {
    const text = localStorage.getItem(key);
    if (text === null) return EMPTY;
    const draft = JSON.parse(text) as Partial<Draft>;
    return { ...EMPTY, ...draft, grid: { ...EMPTY.grid, ...draft.grid } };
  } catch {
    return EMPTY;
  }
}

/** The composer's draft, written to the browser at each change. */
export function createDraft(): [Draft, SetStoreFunction<Draft>] {
  const key = keyOf(user());
  const [draft, setDraft] = createStore<Draft>(structuredClone(stored(key)));
  createEffect(() => localStorage.setItem(key, JSON.stringify(draft)));
  return [draft, setDraft];
}
