import { createSignal } from 'solid-js';

const [announcement, setAnnouncement] = createSignal('');

export { announcement };

/** Says a change of state to screen readers. Not for each step. */
export function announce(sentence: string): void {
  // The same sentence again would be no change of the text, and so not be said.
  setAnnouncement((before) => (before === sentence ? `${sentence}\u00a0` : sentence));
}
