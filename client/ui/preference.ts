import { type Accessor, createSignal } from 'solid-js';

/** A choice that stays in this browser: one of `values`, the first of them until something else is chosen. */
export function createPreference<Value extends string>(
  name: string,
  values: readonly [Value, ...Value[]],
): [Accessor<Value>, (value: Value) => void] {
  const key = `isengard.${name}`;
  const stored = localStorage.getItem(key);
  const [value, setValue] = createSignal<Value>(values.find((known) => known === stored) ?? values[0]);
  return [
    value,
    (next) => {
      setValue(() => next);
      if (next === values[0]) localStorage.removeItem(key);
      else localStorage.setItem(key, next);
    },
  ];
}
