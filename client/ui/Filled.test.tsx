import { render } from '@solidjs/testing-library';
import { createSignal, Show } from 'solid-js';
import { expect, test } from 'vitest';
import { Filled } from './Filled.tsx';

test('what is in it is made once, and nothing makes no frame', () => {
  let made = 0;
  const Action = () => {
    made += 1;
    return <button type="button">Upload</button>;
  };
  const [isThere, setThere] = createSignal(true);
  const { container } = render(() => (
    <Filled frame={(content) => <footer>{content}</footer>}>
      <Show when={isThere()}>
        <Action />
      </Show>
    </Filled>
  ));
  expect(container.innerHTML).toBe('<footer><button type="button">Upload</button></footer>');
  expect(made).toBe(1);
  setThere(false);
  expect(container.innerHTML).toBe('');
});
