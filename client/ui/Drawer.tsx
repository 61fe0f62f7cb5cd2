import { Dialog as Kobalte } from '@kobalte/core/dialog';
import X from 'lucide-solid/icons/x';
import type { JSX } from 'solid-js';
import { Button } from './Button.tsx';
import styles from './Drawer.module.css';
import { Filled } from './Filled.tsx';
import { createReturnFocus } from './return-focus.ts';

/** A dialog at the edge: from below on a phone, where the thumb is, from the right where there is room. */
export function Drawer(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: JSX.Element;
  actions?: JSX.Element;
}) {
  const returnFocus = createReturnFocus(() => props.open);
  return (
    <Kobalte open={props.open} onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <Kobalte.Portal>
        <Kobalte.Overlay class={styles.veil} />
        <Kobalte.Content class={styles.drawer} onCloseAutoFocus={returnFocus}>
          <header class={styles.header}>
            <Kobalte.Title class={styles.title}>{props.title}</Kobalte.Title>
            <Button kind="quiet" size="small" icon={X} label="Close" onClick={() => props.onClose()} />
          </header>
          <div class={styles.body}>{props.children}</div>
          <Filled frame={(actions) => <footer class={styles.actions}>{actions}</footer>}>
            {props.actions}
          </Filled>
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte>
  );
}
