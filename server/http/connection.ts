import type { IncomingMessage } from 'node:http';
import type { Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Principal } from '../auth/principal.ts';
import type { Take } from '../generators.ts';
import { log } from '../log.ts';
import { outboxOf } from './outbox.ts';
import { tokenBucket } from './token-bucket.ts';

export type Extra = {
  socket: WebSocket;
  request: IncomingMessage;
  /** Of the upgrade; a program may still say who it is when it connects. */
  principal: Principal;
  /** Who waits for the promise, if there is one, keeps one frame a subscription, however slow the client. */
  send: Take<string>;
};

/** Operations at a time on one socket. A page has a handful. */
export const MAX_OPERATIONS = 100;
/** Who has more unsent than this, or more messages that are not done with, is not listened to until that changes. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const MAX_PENDING = 2 * MAX_OPERATIONS;
/** So often it is looked whether that has changed, where nobody tells. */
const FULL_MS = 100;
/** Messages, and frames of the protocol's own. A page that comes back sends some dozens at once. */
const MESSAGES = { burst: 300, perSecond: 100 };
/** Who has not answered a ping when the next one is due is gone, or does not read. */
const PING_MS = 12_000;
/** A beat that comes so much later was held up by us: the answer may lie unread behind it. */
const LATE_MS = 500;

/** For the answer to our goodbye. A peer that is deaf would otherwise keep its socket for half a minute. */
const GOODBYE_MS = 1000;

/** Clients of graphql-ws connect again after it, and go on by their cursors. */
const UNRESPONSIVE = 4410;
/** Of graphql-ws: the client does not connect again by itself. */
const INTERNAL_ERROR = 4500;

export function closeSoon(socket: WebSocket, code: number, reason: string) {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
}

/** Connects a socket with graphql-ws, which speaks the protocol; what is bounded here is what a client can make us keep. */
export function openConnection(
  protocol: Server<Extra>,
  socket: WebSocket,
  { request, principal }: Pick<Extra, 'request' | 'principal'>,
) {
  // A socket that breaks is its client's to reopen; without a listener it would be ours to crash.
  socket.on('error', (error) => log.debug({ error }, 'A socket broke'));

  let pending = 0;
  const send = outboxOf(socket, request.socket, () => listenAgain());
  const messages = tokenBucket(MESSAGES);
  const isFull = () => socket.bufferedAmount > MAX_UNSENT_BYTES || pending > MAX_PENDING;
  let listening: NodeJS.Timeout | undefined;
  function listenAgain() {
    clearTimeout(listening);
    if (!socket.isPaused) return;
    const waitMs = messages.waitMs();
    if (!isFull() && waitMs === 0) return socket.resume();
    // Of pings, which are answered for us, nobody tells when they were done with.
    listening = setTimeout(listenAgain, Math.max(waitMs, FULL_MS));
  }
  function heard() {
    messages.take();
    if (!isFull() && messages.waitMs() === 0) return;
    socket.pause();
    listenAgain();
  }
  socket.on('ping', heard);

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: async (frame) => send(frame),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on('message', async (message) => {
          pending++;
          heard();
          try {
            await handle(String(message));
          } catch (error) {
            log.error({ error }, 'A message on a socket failed');
            closeSoon(socket, INTERNAL_ERROR, 'Internal server error');
          }
          pending--;
          listenAgain();
        }),
    },
    { socket, request, principal, send },
  );

  let hasAnswered = true;
  let lastBeat = performance.now();
  socket.on('pong', () => {
    hasAnswered = true;
    heard();
  });
  const heart = setInterval(() => {
    const silence = performance.now() - lastBeat;
    lastBeat += silence;
    if (silence > PING_MS + LATE_MS) return;
    if (!hasAnswered) closeSoon(socket, UNRESPONSIVE, 'A ping was not answered within 12 s');
    else if (socket.readyState === socket.OPEN) socket.ping();
    hasAnswered = false;
  }, PING_MS);
  socket.once('close', (code, reason) => {
    clearInterval(heart);
    clearTimeout(listening);
    closed(code, String(reason)).catch((error: unknown) =>
      log.error({ error }, 'The operations of a closed socket did not end'),
    );
  });
}
