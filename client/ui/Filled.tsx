import { children, type JSX, Show } from 'solid-js';

/**
 * A frame around what may be nothing. `<Show when={props.actions}>{props.actions}</Show>` would make every component in it twice, one
 * of which is never seen and yet lives: its dialogs would open with those of the other.
 */
export function Filled(props: { children: JSX.Element; frame: (content: JSX.Element) => JSX.Element }) {
  const content = children(() => props.children);
  return (
    <Show when={content.toArray().some((part) => part != null && part !== false && part !== '')}>
      {props.frame(content())}
    </Show>
  );
}
