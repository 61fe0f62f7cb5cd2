import { createEffect, on, Show } from 'solid-js';
import { connection, lastSeen } from '../graphql/connection.ts';
import { announce } from '../ui/announce.ts';
import { formatClock } from '../ui/format.ts';
import styles from './ConnectionBar.module.css';

export function ConnectionBar() {
  createEffect(
    on(connection, (now, before) => {
      if (now === 'lost') announce('The connection to the server is lost. Reconnecting.');
      if (now === 'online' && before === 'lost') announce('Connected again.');
    }),
  );
  return (
    <Show when={connection() === 'lost'}>
      <p class={styles.bar}>
        <Show when={lastSeen()} fallback="Connecting… until then nothing here changes by itself">
          {(at) => <>Reconnecting… what you see is from {formatClock(at())}</>}
        </Show>
      </p>
    </Show>
  );
}
