import { render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { expect, test } from 'vitest';
import { Each } from './Each.tsx';

test('rows that stay keep their elements when the list comes anew', () => {
  const [items, setItems] = createSignal([
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ]);
  const { container } = render(() => <Each each={items()}>{(item) => <p>{item().name}</p>}</Each>);
  const kept = container.querySelectorAll('p')[1];
  setItems([
    { id: 'c', name: 'C' },
    { id: 'b', name: 'B, renamed' },
  ]);
  expect([...container.querySelectorAll('p')].map((row) => row.textContent)).toEqual(['C', 'B, renamed']);
  expect(container.querySelectorAll('p')[1]).toBe(kept);
});
