import CircleAlert from 'lucide-solid/icons/circle-alert';
import CircleCheck from 'lucide-solid/icons/circle-check';
import X from 'lucide-solid/icons/x';
import { For, Show } from 'solid-js';
import { announcement } from './announce.ts';
import { Button } from './Button.tsx';
import { CorrelationId } from './CorrelationId.tsx';
import styles from './Toasts.module.css';
import { dismiss, toasts } from './toast.ts';

export function Toasts() {
  return (
    <>
      <p class="srOnly" role="status">
        {announcement()}
      </p>
      <section class={styles.region} aria-label="Notifications" aria-live="polite">
        <For each={toasts()}>
          {(toast) => (
            <div class={styles.toast} data-kind={toast.kind}>
              <Show when={toast.kind === 'good'} fallback={<CircleAlert size={20} aria-hidden="true" />}>
                <CircleCheck size={20} aria-hidden="true" />
              </Show>
              <div class={styles.text}>
                <strong>{toast.title}</strong>
                <Show when={toast.message}>
                  <p class={styles.message}>{toast.message}</p>
                </Show>
                <CorrelationId id={toast.correlationId} />
              </div>
              <Button kind="quiet" size="small" icon={X} label="Dismiss" onClick={() => dismiss(toast.id)} />
            </div>
          )}
        </For>
      </section>
    </>
  );
}
