import { createEffect } from 'solid-js';
import { createStore, type SetStoreFunction } from 'solid-js/store';
import { type Draft, EMPTY } from './draft.ts';

const KEY = 'isengard.draft.1';

function stored(): Draft {
  try {
    const text = localStorage.getItem(KEY);
    return text === null ? EMPTY : { ...EMPTY, ...(JSON.parse(text) as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

/** The composer's draft, written to the browser at each change. */
export function createDraft(): [Draft, SetStoreFunction<Draft>] {
  const [draft, setDraft] = createStore<Draft>(structuredClone(stored()));
  createEffect(() => localStorage.setItem(KEY, JSON.stringify(draft)));
  return [draft, setDraft];
}
