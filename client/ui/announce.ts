import { createSignal } from 'solid-js';

const [announcement, setAnnouncement] = createSignal('');

export { announcement };

/** Says a change of state to screen readers. Not for each step. */
export function announce(sentence: string): void {
  setAnnouncement(sentence);
}
