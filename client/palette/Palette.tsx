import { Dialog as Kobalte } from '@kobalte/core/dialog';
import { closeOverlay, overlay } from '../shell/overlay.ts';
import { createReturnFocus } from '../ui/return-focus.ts';
import { Choices } from './Choices.tsx';
import styles from './Palette.module.css';

/** Go anywhere, start anything: `Ctrl K`, or `⌘K`. */
export function Palette() {
  const isOpen = () => overlay() === 'palette';
  const returnFocus = createReturnFocus(isOpen);
  let hasChosen = false;
  const close = () => closeOverlay('palette');
  return (
    <Kobalte open={isOpen()} onOpenChange={(open) => (open ? undefined : close())}>
      <Kobalte.Portal>
        <Kobalte.Overlay class={styles.veil} />
        <div class={styles.place}>
          <Kobalte.Content
            class={styles.palette}
            onOpenAutoFocus={(event) => {
              hasChosen = false;
              event.preventDefault();
              (event.currentTarget as HTMLElement | null)?.querySelector('input')?.focus();
            }}
            onCloseAutoFocus={(event) => {
              if (!hasChosen) return returnFocus(event);
              // Where one has gone to, unless what one chose has taken it already.
              event.preventDefault();
              if (overlay() === null) document.getElementById('main')?.focus({ preventScroll: true });
            }}
          >
            <Kobalte.Title class="srOnly">Search and commands</Kobalte.Title>
            <Choices
              onChosen={() => {
                hasChosen = true;
                close();
              }}
            />
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  );
}
