import CircleAlert from 'lucide-solid/icons/circle-alert';
import CircleCheck from 'lucide-solid/icons/circle-check';
import X from 'lucide-solid/icons/x';
import { For, Show } from 'solid-js';
import { announcement } from './announce.ts';
import { Button } from './Button.tsx';
import { CorrelationId } from './CorrelationId.tsx';
import styles from './Toasts.module.css';
import { dismiss, hold, release, toasts } from './toast.ts';

export function Toasts() {
  let region: HTMLElement | undefined;
  let cameFrom: HTMLElement | null = null;
  const remember = (event: FocusEvent) => {
    const { relatedTarget } = event;
    if (relatedTarget instanceof HTMLElement && region?.contains(relatedTarget) !== true)
      cameFrom = relatedTarget;
  };
  // The focus would go with the button: on to the next one, or back to where it came from.
  const close = (id: number) => {
    const isInside = region?.contains(document.activeElement) === true;
    dismiss(id);
    if (!isInside) return;
    const next = region?.querySelector<HTMLElement>('button[data-dismiss]');
    if (next != null) next.focus();
    else if (cameFrom?.isConnected) cameFrom.focus();
    else document.querySelector('main')?.focus();
  };
  return (
    <>
      <p class="srOnly" role="status" data-live-announcer="true">
        {announcement()}
      </p>
      <section
        ref={region}
        class={styles.region}
        aria-label="Notifications"
        aria-live="polite"
        // Kobalte leaves this in reach while a dialog has everything else: what it tells is often of that dialog.
        data-kb-top-layer=""
        onFocusIn={remember}
      >
        <For each={toasts()}>
          {(toast) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done here; it only does not go away under the pointer.
            <div
              class={styles.toast}
              data-kind={toast.kind}
              onMouseEnter={() => hold(toast.id)}
              onMouseLeave={() => release(toast)}
              onFocusIn={() => hold(toast.id)}
              onFocusOut={() => release(toast)}
            >
              <Show when={toast.kind === 'good'} fallback={<CircleAlert size={20} aria-hidden="true" />}>
                <CircleCheck size={20} aria-hidden="true" />
              </Show>
              <div class={styles.text}>
                <strong>{toast.title}</strong>
                <Show when={toast.message}>
                  <p class={styles.message}>{toast.message}</p>
                </Show>
                <CorrelationId id={toast.correlationId} />
                <Show when={toast.action}>
                  {(action) => (
                    <Button
                      size="small"
                      class={styles.action ?? ''}
                      onClick={() => {
                        dismiss(toast.id);
                        action().run();
                      }}
                    >
                      {action().label}
                    </Button>
                  )}
                </Show>
              </div>
              <Button
                kind="quiet"
                size="small"
                icon={X}
                label="Dismiss"
                data-dismiss=""
                onClick={() => close(toast.id)}
              />
            </div>
          )}
        </For>
      </section>
    </>
  );
}
