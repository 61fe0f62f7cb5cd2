import { Dialog as Kobalte } from '@kobalte/core/dialog';
import X from 'lucide-solid/icons/x';
import { type JSX, Show } from 'solid-js';
import { Button } from './Button.tsx';
import styles from './Dialog.module.css';
import { Filled } from './Filled.tsx';
import { createReturnFocus } from './return-focus.ts';

/** Traps the focus, closes by Escape, and gives the focus back to where it came from. */
export function Dialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  /** Only its buttons close it: what it shows is lost with it. */
  isHeld?: boolean;
  children?: JSX.Element;
  actions?: JSX.Element;
}) {
  let content: HTMLDivElement | undefined;
  const returnFocus = createReturnFocus(() => props.open);
  // The first field, or the way out: neither the cross nor what deletes.
  const focusFirst = (event: Event) => {
    const first = content?.querySelector<HTMLElement>('input, textarea, select, footer button');
    if (first == null) return;
    event.preventDefault();
    first.focus();
  };
  return (
    <Kobalte
      open={props.open}
      onOpenChange={(open) => (open || props.isHeld === true ? undefined : props.onClose())}
    >
      <Kobalte.Portal>
        <Kobalte.Overlay class={styles.veil} />
        <div class={styles.place}>
          <Kobalte.Content
            ref={content}
            class={styles.dialog}
            onOpenAutoFocus={focusFirst}
            onCloseAutoFocus={returnFocus}
          >
            <header class={styles.header}>
              <Kobalte.Title class={styles.title}>{props.title}</Kobalte.Title>
              <Button kind="quiet" size="small" icon={X} label="Close" onClick={() => props.onClose()} />
            </header>
            <Show when={props.description}>
              <Kobalte.Description class={styles.description}>{props.description}</Kobalte.Description>
            </Show>
            {props.children}
            <Filled frame={(actions) => <footer class={styles.actions}>{actions}</footer>}>
              {props.actions}
            </Filled>
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  );
}

/** Asks before something is lost; `description` names what goes. */
export function ConfirmDialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  confirm: string;
  /** How one gets out without doing it. */
  keep?: string;
  pending?: boolean;
  onConfirm: () => void;
  children?: JSX.Element;
}) {
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.title}
      description={props.description}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{props.keep ?? 'Keep'}</Button>
          <Button kind="danger" pending={props.pending ?? false} onClick={() => props.onConfirm()}>
            {props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
    </Dialog>
  );
}
