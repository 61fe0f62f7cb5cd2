import { type Accessor, createComputed, on } from 'solid-js';

/**
 * Kobalte gives the focus back to a dialog's own trigger. Ours are opened from anywhere, so whoever had the focus when it
 * opened gets it back; give the result as `onCloseAutoFocus`.
 */
export function createReturnFocus(open: Accessor<boolean>): (event: Event) => void {
  let from: Element | null = null;
  createComputed(
    on(open, (isOpen) => {
      if (isOpen) from = document.activeElement;
    }),
  );
  return (event) => {
    event.preventDefault();
    if (from instanceof HTMLElement && from.isConnected) from.focus();
  };
}
