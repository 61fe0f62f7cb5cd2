import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** As much of one turn of the event loop waits without making its subscription wait: some dozen events. */
const GATHERED_CHARACTERS = 16 * 1024;

const full = new Set<() => void>();

/** What became ready in this turn leaves at its end, each socket in one write: small writes between other work cost twice. */
function flushSoon(flush: () => void) {
  if (full.size === 0)
    setImmediate(() => {
      const flushes = [...full];
      full.clear();
      for (const each of flushes) each();
    });
  full.add(flush);
}

/**
 * Sends the frames of one socket. There is nothing to wait for while the client reads what it is sent; otherwise a promise
 * that resolves when the kernel has taken the frame, so that who waits for it keeps one frame and no queue.
 */
export function outboxOf(socket: WebSocket, stream: Socket, afterSend: () => void) {
  let frames: string[] = [];
  let characters = 0;
  let sent = Promise.withResolvers<void>();

  function flush() {
    const [leaving, { resolve }] = [frames, sent];
    frames = [];
    characters = 0;
    sent = Promise.withResolvers<void>();
    if (socket.readyState !== socket.OPEN) return resolve();
    stream.cork();
    for (const [i, frame] of leaving.entries())
      if (i < leaving.length - 1) socket.send(frame);
      // Also when it failed: then the socket breaks, and all that is on it ends.
      else
        socket.send(frame, () => {
          afterSend();
          resolve();
        });
    stream.uncork();
  }

  return (frame: string): Promise<void> | undefined => {
    if (socket.readyState !== socket.OPEN) return;
    if (frames.length === 0) flushSoon(flush);
    frames.push(frame);
    characters += frame.length;
    if (characters > GATHERED_CHARACTERS || socket.bufferedAmount > 0) return sent.promise;
  };
}
