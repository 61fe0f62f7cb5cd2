import type { IncomingMessage, ServerResponse } from 'node:http';
import { patienceWith } from './patience.ts';

/** How long a client may go on sending after it was answered. It reads the answer meanwhile; a reset would lose it. */
const DRAIN_MS = 2000;

export class BodyTooLarge extends Error {}
export class BodyTooSlow extends Error {}

/** For every request, whoever reads its body: one that is answered does not keep its connection by going on for ever. */
export function boundBody(req: IncomingMessage, res: ServerResponse) {
  res.once('finish', () => dropRest(req));
}

/** The whole body, when it has at most so many bytes and is there in time; otherwise no more of it is read. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw new BodyTooLarge();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new BodyTooSlow()), patienceWith(req).operationMs);
  try {
    return await Promise.race([collect(req, maxBytes), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function collect(req: IncomingMessage, maxBytes: number) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection is still needed for the answer.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Calls `giveUp`, once, when an upload comes so slowly that it keeps a connection more than it moves anything. */
export function watchProgress(req: IncomingMessage, giveUp: () => void) {
  const { uploadWindowMs, uploadWindowBytes } = patienceWith(req);
  let before = req.socket.bytesRead;
  let waitedForUs = false;
  const timer = setInterval(() => {
    const came = req.socket.bytesRead - before;
    before += came;
    // What is there and not yet read by us is no fault of the client, nor what it could not send meanwhile.
    const didWaitForUs = waitedForUs;
    waitedForUs = req.readableLength > 0;
    if (came >= uploadWindowBytes || didWaitForUs || waitedForUs || req.complete) return;
    clearInterval(timer);
    giveUp();
  }, uploadWindowMs);
  for (const event of ['end', 'close']) req.once(event, () => clearInterval(timer));
}

/** After an answer that did not need the whole body: what still comes is thrown away, for a short while. */
function dropRest(req: IncomingMessage) {
  if (req.complete) return;
  req.unpipe();
  req.resume();
  const timer = setTimeout(() => req.socket.destroy(), DRAIN_MS);
  req.once('close', () => clearTimeout(timer));
}
