import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { parseBinary, parseText, type SocketMessage } from './messages.ts';
import type { Times } from './times.ts';

export type SocketNews = SocketMessage | { type: 'connected' | 'disconnected' };
type Listener = (news: SocketNews) => void;

export type ComfySocket = ReturnType<typeof comfySocket>;

const MAX_FRAME = 32 * 2 ** 20;
const FEATURES = JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } });
/** Between attempts to connect, at most. */
const MAX_BACKOFF_MS = 10_000;

/**
 * The one socket of this process to one ComfyUI: open while somebody listens and a little longer. ComfyUI sends to one socket after
 * the other and waits for each, so this one is read at once, whatever becomes of the messages: who does not read stops everybody.
 *
 * It also forgets a client when an older socket of the same name ends after the newer one began, and that one is never told anything
 * again. So an old socket is ended first, some time passes, a connection counts from its first `status` on, and who misses
 * messages calls `renew`.
 */
export function comfySocket(of: { url: string; clientId: string; times: Times; onLost: () => void }) {
  const { url, clientId, times, onLost } = of;
  const listeners = new Set<Listener>();
  let socket: WebSocket | null = null;
  let isGreeted = false;
  let heardAt = 0;
  let idle: NodeJS.Timeout | undefined;
  let isKept = false;

  function tell(news: SocketNews) {
    for (const listener of listeners) listener(news);
  }

  function hear(message: SocketMessage | null) {
    heardAt = Date.now();
    if (message?.type === 'status' && !isGreeted) {
      isGreeted = true;
      tell({ type: 'connected' });
    }
    if (message !== null) tell(message);
  }

  /** From the handshake to its end. Resolves to whether it was greeted. */
  async function connection(): Promise<boolean> {
    const own = new WebSocket(`${url.replace(/^http/, 'ws')}/ws?clientId=${clientId}`, {
      handshakeTimeout: times.connectMs,
      maxPayload: MAX_FRAME,
      perMessageDeflate: false,
      followRedirects: false,
    });
    socket = own;
    isGreeted = false;
    const ended = new Promise<void>((resolve) => own.once('close', () => resolve()));
    // What is wrong with it, its end says too.
    own.on('error', () => {});
    own.once('open', () => own.send(FEATURES));
    own.on('message', (data: Buffer, isBinary) =>
      hear(isBinary ? parseBinary(data) : parseText(String(data))),
    );

    const greeting = setTimeout(() => isGreeted || own.terminate(), times.connectMs);
    let isAlive = true;
    own.on('pong', () => {
      isAlive = true;
    });
    const pings = setInterval(() => {
      if (!isAlive) return own.terminate();
      isAlive = false;
      if (own.readyState === WebSocket.OPEN) own.ping();
    }, times.pingMs).unref();
    await ended;
    clearTimeout(greeting);
    clearInterval(pings);
    const wasGreeted = isGreeted;
    isGreeted = false;
    socket = null;
    if (wasGreeted) {
      tell({ type: 'disconnected' });
      onLost();
    }
    return wasGreeted;
  }

  /** That nobody listens is seen and noted at once, so that who comes right after it begins anew. */
  async function keepConnected() {
    if (isKept) return;
    isKept = true;
    let failures = 0;
    while (listeners.size > 0) {
      failures = (await connection()) ? 0 : failures + 1;
      if (listeners.size === 0) break;
      await pause(Math.min(MAX_BACKOFF_MS, times.settleMs * 2 ** failures), undefined, { ref: false });
    }
    isKept = false;
  }

  return {
    clientId,
    /** Everything that is said from now on, until it is disposed. */
    listen(listener: Listener): Disposable {
      clearTimeout(idle);
      listeners.add(listener);
      if (isGreeted) listener({ type: 'connected' });
      void keepConnected();
      return {
        [Symbol.dispose]() {
          listeners.delete(listener);
          if (listeners.size > 0) return;
          clearTimeout(idle);
          idle = setTimeout(() => socket?.terminate(), times.idleMs);
        },
      };
    },
    /** When a message came last, of whomever. */
    heardAt: () => heardAt,
    isConnected: () => isGreeted,
    /** Ends the connection; the next one begins by itself. */
    renew: () => socket?.terminate(),
  };
}
