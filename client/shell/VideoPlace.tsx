import Clapperboard from 'lucide-solid/icons/clapperboard';
import { createUniqueId, Show } from 'solid-js';
import styles from './Rail.module.css';

/** Where video will be. It can be reached, but not chosen, so that also by keyboard and screen reader one hears why. */
export function VideoPlace(props: { reason: string | undefined }) {
  const id = createUniqueId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: an `a` cannot be disabled.
    <span
      role="link"
      tabIndex={0}
      aria-disabled="true"
      aria-describedby={`${id}-reason`}
      class={`${styles.place} ${styles.later}`}
      data-tooltip-side="right"
      data-tooltip={props.reason ?? 'In development'}
    >
      <Clapperboard size={20} aria-hidden="true" />
      <span class={styles.label}>
        Video <span class={styles.soon}>in development</span>
      </span>
      <Show when={props.reason}>
        {(reason) => (
          <span class="srOnly" id={`${id}-reason`}>
            {reason()}
          </span>
        )}
      </Show>
    </span>
  );
}
