import { createClient as createSocket, type Client as Socket } from 'graphql-ws';
import { createSignal } from 'solid-js';
import { loseAccess, untilIn } from '../access/access.ts';
import { checkAccess } from '../access/door.ts';
import { when } from './when.ts';

type Connection = 'connecting' | 'online' | 'lost';

const [connection, setConnection] = createSignal<Connection>('connecting');
const [lastSeen, setLastSeen] = createSignal<Date | null>(null);
const [reconnects, setReconnects] = createSignal(0);

/** `reconnects` counts how often a lost connection came back: whoever shows lists reads them again then. */
export { connection, lastSeen, reconnects };

const PING_MS = 10_000;
const PONG_MS = 5_000;

/** Of graphql-ws: the session has ended, or there never was one. */
const REFUSALS: readonly unknown[] = [4401, 4403];
const isRefusal = (event: unknown) =>
  typeof event === 'object' && event !== null && 'code' in event && REFUSALS.includes(event.code);

export function untilOnline(): Promise<void> {
  return when(() => connection() === 'online');
}

type Opened = Pick<Socket, 'subscribe'> & { close: () => void };

/**
 * One socket for all subscriptions. It stays open, so its state is what the page knows of the server. When it is refused
 * because nobody is signed in, the subscriptions wait, and are made again on another one once somebody is.
 */
export function openConnection(): Opened {
  let socket: Socket | undefined;
  const open = () => {
    socket ??= openSocket(() => {
      socket = undefined;
      loseAccess();
      void untilIn().then(open);
    });
    return socket;
  };
  open();
  return {
    subscribe: (payload, sink) => {
      let isOver = false;
      let unsubscribe: (() => void) | undefined;
      const start = () => {
        if (isOver) return;
        unsubscribe = open().subscribe(payload, {
          ...sink,
          error: (error) => (isRefusal(error) ? void untilIn().then(start) : sink.error(error)),
        });
      };
      start();
      return () => {
        isOver = true;
        unsubscribe?.();
      };
    },
    close: () => void socket?.dispose(),
  };
}

function openSocket(onRefused: () => void): Socket {
  let pongTimeout: ReturnType<typeof setTimeout> | undefined;
  const socket = createSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    lazy: false,
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (event) => !isRefusal(event),
    retryWait: (attempt) =>
      new Promise((resolve) =>
        setTimeout(resolve, Math.min(300 * 2 ** attempt, 5_000) * (0.75 + Math.random() / 2)),
      ),
    onNonLazyError: () => undefined,
    on: {
      connected: () => {
        // It may be another person's by now, or that of one who may do other things than before.
        if (connection() !== 'connecting') void checkAccess();
        if (connection() === 'lost') setReconnects(reconnects() + 1);
        setConnection('online');
      },
      closed: (event) => {
        clearTimeout(pongTimeout);
        if (connection() === 'online') setLastSeen(new Date());
        // One that never came is lost as well, unless nobody is signed in yet.
        if (connection() !== 'connecting' || !isRefusal(event)) setConnection('lost');
        if (isRefusal(event)) onRefused();
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
