import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';

/**
 * The secret behind `#` of a link. It goes from the address at once, so that neither the history nor whoever looks at the
 * screen has it, and is in this page's memory alone. A second link that is opened here takes the place of the first.
 */
export function createSecret(): Accessor<string> {
  const [secret, setSecret] = createSignal(take());
  onMount(() => {
    const onChange = () => {
      const next = take();
      if (next !== '') setSecret(next);
    };
    window.addEventListener('hashchange', onChange);
    onCleanup(() => window.removeEventListener('hashchange', onChange));
  });
  return secret;
}

function take(): string {
  const secret = location.hash.slice(1);
  if (secret !== '') history.replaceState(history.state, '', location.pathname);
  return secret;
}
