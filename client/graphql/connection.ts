import { createClient as createSocket, type Client as Socket } from 'graphql-ws';
import { createEffect, createRoot, createSignal } from 'solid-js';

type Connection = 'connecting' | 'online' | 'lost';

const [connection, setConnection] = createSignal<Connection>('connecting');
const [lastSeen, setLastSeen] = createSignal<Date | null>(null);
const [reconnects, setReconnects] = createSignal(0);

/** `reconnects` counts how often a lost connection came back: whoever shows lists reads them again then. */
export { connection, lastSeen, reconnects };

const PING_MS = 10_000;
const PONG_MS = 5_000;

/** One socket for all subscriptions. It stays open, so its state is what the page knows of the server. */
export function openSocket(): Socket {
  let pongTimeout: ReturnType<typeof setTimeout> | undefined;
  const socket = createSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    lazy: false,
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (attempt) =>
      new Promise((resolve) =>
        setTimeout(resolve, Math.min(300 * 2 ** attempt, 5_000) * (0.75 + Math.random() / 2)),
      ),
    onNonLazyError: () => undefined,
    on: {
      connected: () => {
        if (connection() === 'lost') setReconnects(reconnects() + 1);
        setConnection('online');
      },
      closed: () => {
        clearTimeout(pongTimeout);
        if (connection() === 'online') setLastSeen(new Date());
        if (connection() !== 'connecting') setConnection('lost');
      },
      // A sleeping laptop or a silent proxy closes nothing: an unanswered ping does.
      ping: (received) => {
        if (!received) pongTimeout = setTimeout(() => socket.terminate(), PONG_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimeout);
      },
    },
  });
  return socket;
}

export function untilOnline(): Promise<void> {
  return new Promise((resolve) =>
    createRoot((dispose) =>
      createEffect(() => {
        if (connection() !== 'online') return;
        dispose();
        resolve();
      }),
    ),
  );
}
